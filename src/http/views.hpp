// Views as JSON: one function a noun, used by every handler that answers with it.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "domain/order_view.hpp"
#include "http/routes.hpp"

namespace roundtrip::http {

nlohmann::ordered_json money_json(std::int64_t amount, const std::string& currency);
// null or RFC 3339.
nlohmann::ordered_json time_json(const std::optional<Instant>& at);
// null for an empty text.
nlohmann::ordered_json text_json(const std::string& text);

nlohmann::ordered_json refund_json(const domain::RefundView& refund);
nlohmann::ordered_json exchange_json(const domain::ExchangeView& exchange);
nlohmann::ordered_json exchange_lines_json(const std::vector<domain::ExchangeLineView>& lines);
nlohmann::ordered_json claim_json(const domain::ClaimView& claim);
nlohmann::ordered_json return_json(const domain::ReturnView& one, const std::string& currency);
nlohmann::ordered_json parcel_json(const domain::ParcelView& parcel);
nlohmann::ordered_json order_json(const domain::OrderView& order, const usecases::Links& links, MerchantId merchant, Instant now);

}  // namespace roundtrip::http
