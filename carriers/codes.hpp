// A row of a carrier's code table: its code, and what that means to us. Status comes from codes, never from texts. A code that is in no
// table is shown as unknown with its text and counted in the inbox of unmapped codes: leave out rather than guess.
#pragma once
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "domain/tracking.hpp"

namespace roundtrip::carriers {

using enum domain::TrackingStatus;
using Why = domain::TrackingReason;

struct Code {
  std::string_view code;
  domain::TrackingStatus status;
  Why reason = Why::none;
  std::string_view sub_code = "";
  bool physical = true;  // false: says nothing about where the parcel is (a mail sent, data received, an image attached)
};

inline const Code* find_code(std::span<const Code> table, std::string_view code) {
  for (const Code& row : table) {
    if (row.code == code) return &row;
  }
  return nullptr;
}

// Writes status, reason, sub-code and physical of a known code on an event; an unknown code leaves the event unknown.
inline bool apply_code(domain::TrackingEvent& event, const Code* row) {
  if (row == nullptr) return false;
  event.status = row->status;
  event.reason = row->reason;
  event.sub_code = row->sub_code;
  event.physical = row->physical;
  return true;
}

// For carriers that mark no way back: what happened after the event that turned the parcel around belongs to it, and a delivery then is the
// sender's. Events may be in any order.
inline void mark_way_back(std::vector<domain::TrackingEvent>& events) {
  std::optional<Instant> turned;
  for (const auto& event : events) {
    if (event.status != domain::TrackingStatus::return_to_sender || !event.physical) continue;
    if (!turned || domain::order_time(event) < *turned) turned = domain::order_time(event);
  }
  for (auto& event : events) event.return_leg = event.return_leg || (turned && domain::order_time(event) > *turned);
}

// The carrier's own statement of a known code; nothing for an unknown one. read_reply fills in what it speaks for.
inline std::optional<domain::Headline> headline_of_code(const Code* row) {
  if (row == nullptr || row->status == domain::TrackingStatus::unknown || !row->physical) return std::nullopt;
  return domain::Headline{row->status, row->reason, Instant{INT64_MIN / 2}};
}

}  // namespace roundtrip::carriers
