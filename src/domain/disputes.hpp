// Disputes: a payer asks the bank, or the gateway, for the money of a payment.
#pragma once
#include <optional>
#include <string_view>

#include "base/ids.hpp"
#include "domain/transitions.hpp"

namespace roundtrip {
struct DisputeTag {
  static constexpr std::string_view prefix = "dsp";
};
using DisputeId = Id<DisputeTag>;
}  // namespace roundtrip

namespace roundtrip::domain {

// An inquiry asks only; open has taken the money until it is decided.
enum class DisputeState { inquiry, open, won, lost };
inline constexpr Word<DisputeState> kDisputeStates[] = {
    {DisputeState::inquiry, "inquiry"}, {DisputeState::open, "open"}, {DisputeState::won, "won"}, {DisputeState::lost, "lost"}};
inline std::string_view to_text(DisputeState state) { return word_of(kDisputeStates, state); }
inline std::optional<DisputeState> parse_dispute_state(std::string_view text) { return value_of(kDisputeStates, text); }
// News only ever moves a dispute on, so that any order of the same news ends in the same state (law 8).
inline DisputeState dispute_after(std::optional<DisputeState> known, DisputeState news) {
  return known && static_cast<int>(*known) > static_cast<int>(news) ? *known : news;
}

}  // namespace roundtrip::domain
