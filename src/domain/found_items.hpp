// Goods that nobody announced, that are not what was announced, or more of it: they end with a person, never with a guess.
#pragma once
#include <optional>
#include <string_view>

#include "base/ids.hpp"
#include "domain/transitions.hpp"

namespace roundtrip {
struct FoundTag {
  static constexpr std::string_view prefix = "fnd";
};
using FoundId = Id<FoundTag>;
}  // namespace roundtrip

namespace roundtrip::domain {

enum class FoundKind { unannounced_parcel, wrong_item, extra_item, problem };
inline constexpr Word<FoundKind> kFoundKinds[] = {{FoundKind::unannounced_parcel, "unannounced_parcel"},
                                                  {FoundKind::wrong_item, "wrong_item"},
                                                  {FoundKind::extra_item, "extra_item"},
                                                  {FoundKind::problem, "problem"}};
inline std::string_view to_text(FoundKind kind) { return word_of(kFoundKinds, kind); }
inline std::optional<FoundKind> parse_found_kind(std::string_view text) { return value_of(kFoundKinds, text); }

// How a person ended it. attached: it belongs to the order and is received like an announced return; keep: it goes to stock, no money
// moves. mistake: nothing was found, it was scanned by mistake.
enum class FoundOutcome { none, attached, send_back, keep, dispose, mistake };
inline constexpr Word<FoundOutcome> kFoundOutcomes[] = {
    {FoundOutcome::none, ""},     {FoundOutcome::attached, "attached"}, {FoundOutcome::send_back, "send_back"},
    {FoundOutcome::keep, "keep"}, {FoundOutcome::dispose, "dispose"},   {FoundOutcome::mistake, "mistake"}};
inline std::string_view to_text(FoundOutcome outcome) { return word_of(kFoundOutcomes, outcome); }
inline std::optional<FoundOutcome> parse_found_outcome(std::string_view text) { return value_of(kFoundOutcomes, text); }

}  // namespace roundtrip::domain
