// A parcel of a return that the carrier fetches at the customer's door: its states, and the days it can be fetched on.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "domain/transitions.hpp"

namespace roundtrip {

struct PickupTag {
  static constexpr std::string_view prefix = "pku";
};
using PickupId = Id<PickupTag>;

}  // namespace roundtrip

namespace roundtrip::domain {

enum class PickupState {
  wanted,       // asked for; a job books it once the parcel has its number
  booked,       // the carrier comes
  failed,       // given up: the customer hands the parcel over
  drop_wanted,  // booked and not needed; a job cancels it
  dropped,
  drop_failed,  // the carrier did not cancel it: a person may act
};
inline constexpr Word<PickupState> kPickupStates[] = {{PickupState::wanted, "wanted"},   {PickupState::booked, "booked"},
                                                      {PickupState::failed, "failed"},   {PickupState::drop_wanted, "drop_wanted"},
                                                      {PickupState::dropped, "dropped"}, {PickupState::drop_failed, "drop_failed"}};
inline std::string_view to_text(PickupState state) { return word_of(kPickupStates, state); }
inline std::optional<PickupState> parse_pickup_state(std::string_view text) { return value_of(kPickupStates, text); }

enum class PickupEvent { book, give_up, drop, take_back, refuse };
inline constexpr Step<PickupState, PickupEvent> kPickupSteps[] = {
    {PickupState::wanted, PickupEvent::book, PickupState::booked},
    {PickupState::wanted, PickupEvent::give_up, PickupState::failed},
    {PickupState::wanted, PickupEvent::drop, PickupState::dropped},  // nothing was booked yet
    {PickupState::booked, PickupEvent::drop, PickupState::drop_wanted},
    {PickupState::drop_wanted, PickupEvent::take_back, PickupState::dropped},
    {PickupState::drop_wanted, PickupEvent::refuse, PickupState::drop_failed},
};
static_assert(unambiguous(kPickupSteps) && all_reachable(kPickupSteps, PickupState::wanted));

// The next `count` days from Monday to Friday after `today` ("2026-11-20"), as it writes them; none when it is no day.
std::vector<std::string> pickup_days(std::string_view today, int count);

}  // namespace roundtrip::domain
