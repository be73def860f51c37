// Codes nobody has mapped: see them, say what they mean without a release, and let every parcel that has one say so.
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/carrier_codes.hpp"
#include "usecases/context.hpp"
#include "usecases/jobs.hpp"
#include "usecases/tracking.hpp"

namespace roundtrip::usecases {

using store::InboxCode;
using store::MappedCode;

struct CarrierCodes {
  std::vector<InboxCode> unmapped;  // most often seen first
  std::vector<MappedCode> mapped;   // newest first
};
CarrierCodes read_carrier_codes(const Context& context);

struct WantedMeaning {
  std::string carrier, code;
  std::string status, reason;  // words of tracking
  bool physical = true;
};
// From now on events of this code that the adapter does not know mean that; those that came are worked through by a job. Refuses (invalid)
// words that are none, and statuses that no carrier can say.
Result<MappedCode> map_carrier_code(const Context& context, const WantedMeaning& wanted);

// The code means nothing again: a job gives its events back to the inbox. Gives what it meant; not_found when it meant nothing.
Result<MappedCode> take_back_carrier_code(const Context& context, const std::string& carrier, const std::string& code);

inline constexpr std::string_view kRemapJob = store::kRemapJob;
// The job: every tracker with the code gets its status anew, a bounded batch at a time. Gives how many trackers changed.
int rederive_code(store::Database& db, const Carriers& carriers, const PollOptions& options, const Job& job, Instant now);

}  // namespace roundtrip::usecases
