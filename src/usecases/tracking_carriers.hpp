// The accounts behind usecases::Carriers; within the room only, so that its public header needs no carrier's.
#pragma once
#include <map>
#include <string>

#include "base/transport.hpp"
#include "carriers/carrier.hpp"
#include "usecases/tracking.hpp"
#include "usecases/tracking_record.hpp"

namespace roundtrip::usecases {

struct CarrierRoom {
  Transport& transport;
  std::map<std::string, carriers::CarrierAccount, std::less<>> accounts;
};

inline RecordPlan plan_of(const carriers::CarrierAccount& account, const PollOptions& options) {
  return {account.poll, options.stalled_days * account.day_us, options.uncollected_days * account.day_us};
}

}  // namespace roundtrip::usecases
