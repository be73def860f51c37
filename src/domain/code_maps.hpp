// What a shop says that a carrier's code means where the carrier's adapter does not know it.
#pragma once
#include <map>
#include <string>
#include <utility>

#include "domain/tracking.hpp"

namespace roundtrip::domain {

struct CodeMeaning {
  TrackingStatus status = TrackingStatus::unknown;
  TrackingReason reason = TrackingReason::none;
  bool physical = true;  // false: says nothing about where the parcel is
};
// By carrier and code.
using CodeMaps = std::map<std::pair<std::string, std::string>, CodeMeaning>;

// What an unmapped event is known by: its code, or its text where the carrier gives no code.
inline const std::string& code_or_text(const TrackingEvent& event) { return event.raw_code.empty() ? event.raw_text : event.raw_code; }

// Gives an event of an unknown code its meaning; false when there is none.
inline bool apply_meaning(TrackingEvent& event, const std::string& carrier, const CodeMaps& maps) {
  const auto found = maps.find({carrier, code_or_text(event)});
  if (found == maps.end()) return false;
  event.status = found->second.status;
  event.reason = found->second.reason;
  event.physical = found->second.physical;
  return true;
}
// Takes the meaning that an event was given away again.
inline void forget_meaning(TrackingEvent& event) {
  event.status = TrackingStatus::unknown;
  event.reason = TrackingReason::none;
  event.physical = true;
}

}  // namespace roundtrip::domain
