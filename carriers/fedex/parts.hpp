// What the files of the FedEx adapter share.
#pragma once
#include <nlohmann/json.hpp>

#include "carriers/coded_errors.hpp"
#include "carriers/fedex/fedex.hpp"
#include "carriers/reply.hpp"
#include "carriers/shipping.hpp"

namespace roundtrip::carriers::fedex {

// Where an account's requests go: its base URL (the sandbox, the demo carrier) or the production system.
std::string base_of(const CarrierAccount& account);
// Bearer token, language and x-customer-transaction-id; the same `about` gives the same id.
Headers headers_of(const CarrierAccount& account, std::string_view about, std::string_view locale);

// {"transactionId", "errors": [{"code", "message"}]} of every FedEx API.
const CodedErrors& coded_errors();
bool has_errors(const Json& body);
// What the errors mean, by code and then by HTTP status; none where there are none and the status is 2xx.
CallTrouble trouble_of_errors(const Json& body, int status);

const Shipping& shipping();

}  // namespace roundtrip::carriers::fedex
