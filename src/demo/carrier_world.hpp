// The demo carrier's world: a parcel's life as a function of who it is and how long ago it was announced. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "domain/transitions.hpp"

namespace roundtrip::demo {

enum class Scenario {
  good,          // label, acceptance, hubs, out for delivery, delivered: about 4.3 days
  late,          // a delay is told, the estimate moves, delivered after 8.5 days
  lost,          // last seen at a hub, declared lost after 12 days
  refused,       // the recipient refuses it; it comes back
  returned,      // nobody home, not collected; it comes back
  attempted,     // nobody home, delivered the next day
  pickup,        // waits at a shop, collected
  customs,       // held for documents, then released
  stuck,         // never heard of again after the first hub
  out_of_order,  // events are reported late and in any order, without a headline
  twice,         // every event is reported twice, the text of the second one corrected
  reused,        // the number's former life, delivered a year ago, is reported too
  unmapped,      // one event has a code that nobody knows
  odd_item,      // what is said about this number cannot be read; others are fine
  error,         // any call that asks for this number ends with 500
  garbage,       // any call that asks for this number is answered with garbage
};
inline constexpr domain::Word<Scenario> kScenarios[] = {
    {Scenario::good, "good"},         {Scenario::late, "late"},
    {Scenario::lost, "lost"},         {Scenario::refused, "refused"},
    {Scenario::returned, "returned"}, {Scenario::attempted, "attempted"},
    {Scenario::pickup, "pickup"},     {Scenario::customs, "customs"},
    {Scenario::stuck, "stuck"},       {Scenario::out_of_order, "out_of_order"},
    {Scenario::twice, "twice"},       {Scenario::reused, "reused"},
    {Scenario::unmapped, "unmapped"}, {Scenario::odd_item, "odd_item"},
    {Scenario::error, "error"},       {Scenario::garbage, "garbage"},
};
inline std::string_view to_text(Scenario scenario) { return word_of(kScenarios, scenario); }
inline std::optional<Scenario> parse_scenario(std::string_view text) { return value_of(kScenarios, text); }

struct WorldParcel {
  std::string number, reference;
  Scenario scenario = Scenario::good;
  bool back = false;  // a customer's return on its way to the shop
  std::string country, city;
  int weight_g = 0;
  Instant announced_at;
  std::optional<Instant> voided_at;  // its label was given back: nothing happens to it any more
};

struct WorldEvent {
  std::string code, text, place;
  Instant at;
  int offset_minutes = 0;  // of the place's wall clock
  bool return_leg = false;
};

struct WorldReport {
  std::vector<WorldEvent> events;      // in the order they are told
  std::optional<WorldEvent> headline;  // the carrier's own status
  Instant estimated_at;
  std::string signed_by;
};

// What the carrier says at `now` of a parcel; a day of the carrier lasts `day_us`.
WorldReport report_of(const WorldParcel& parcel, Instant now, std::int64_t day_us);
// Has the carrier it at `now`, or had it? Before, there is only data.
bool is_accepted(const WorldParcel& parcel, Instant now, std::int64_t day_us);
// The story of a number that asked for none: `good_percent` of them are plain, the others by hash.
Scenario choose_scenario(std::string_view number, std::string_view reference, int good_percent);
// A stable 64-bit hash (FNV-1a, mixed).
std::uint64_t world_hash(std::string_view text);

}  // namespace roundtrip::demo
