// A label bought from a carrier: its states, and which account buys it.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "domain/transitions.hpp"

namespace roundtrip::domain {

enum class BookingState {
  wanted,       // asked for; a job buys it
  bought,       // there, with its documents
  failed,       // given up: our own label is used, a person may act
  void_wanted,  // bought and not needed; a job gives it back
  voided,
  void_failed,  // the carrier did not take it back: a person may act
};
inline constexpr Word<BookingState> kBookingStates[] = {
    {BookingState::wanted, "wanted"},           {BookingState::bought, "bought"}, {BookingState::failed, "failed"},
    {BookingState::void_wanted, "void_wanted"}, {BookingState::voided, "voided"}, {BookingState::void_failed, "void_failed"},
};
inline std::string_view to_text(BookingState state) { return word_of(kBookingStates, state); }
inline std::optional<BookingState> parse_booking_state(std::string_view text) { return value_of(kBookingStates, text); }

enum class BookingEvent { buy, give_up, drop, take_back, refuse };
inline constexpr Step<BookingState, BookingEvent> kBookingSteps[] = {
    {BookingState::wanted, BookingEvent::buy, BookingState::bought},
    {BookingState::wanted, BookingEvent::give_up, BookingState::failed},
    {BookingState::wanted, BookingEvent::drop, BookingState::voided},  // nothing was bought yet
    {BookingState::bought, BookingEvent::drop, BookingState::void_wanted},
    {BookingState::void_wanted, BookingEvent::take_back, BookingState::voided},
    {BookingState::void_wanted, BookingEvent::refuse, BookingState::void_failed},
};
static_assert(unambiguous(kBookingSteps) && all_reachable(kBookingSteps, BookingState::wanted));

// "ups" or "ups/eu": a carrier and one of its accounts; both empty for an empty text.
inline std::pair<std::string, std::string> parse_account_name(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return {std::string(text), ""};
  return {std::string(text.substr(0, slash)), std::string(text.substr(slash + 1))};
}

}  // namespace roundtrip::domain
