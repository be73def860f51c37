// One call in the name of a carrier account, for labels and manifests; within the room only.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "carriers/shipping.hpp"
#include "store/bookings.hpp"
#include "usecases/bookings.hpp"
#include "usecases/tracking_carriers.hpp"

namespace roundtrip::usecases {

struct CarrierAnswer {
  carriers::Trouble trouble = carriers::Trouble::none;  // of the token; the call was not made
  std::string detail;
  std::int64_t retry_after_us = 0;
  HttpOutcome outcome;
};
// With the account's token where it needs one; waits for the answer.
CarrierAnswer call_carrier(const CarrierRoom& room, const Account& account,
                           const std::function<HttpRequest(const carriers::CarrierAccount&)>& request_for);
// The same with the second authorization that some carriers want beside the token (Shipping::payment_request): to buy, void and close out.
CarrierAnswer call_entitled(const CarrierRoom& room, const Account& account,
                            const std::function<HttpRequest(const carriers::CarrierAccount&)>& request_for);
// What a trouble means for the job that called.
BookingOutcome outcome_of(carriers::Trouble trouble, const std::string& detail, std::int64_t retry_after_us);
// The documents with their bytes; what the reply only links to is fetched.
std::optional<std::vector<store::BookingDocument>> documents_of(const CarrierRoom& room, const Account& account,
                                                                const std::vector<carriers::LabelDocument>& documents);

}  // namespace roundtrip::usecases
