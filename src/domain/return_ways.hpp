// The ways goods come back.
#pragma once
#include <optional>
#include <string_view>

#include "domain/transitions.hpp"

namespace roundtrip::domain {

// label: printed at home; counter: a code shown to the carrier, who prints; shop: brought to a shop of the merchant's; pickup: fetched at
// the door.
enum class ReturnWay { label, counter, shop, pickup };
inline constexpr Word<ReturnWay> kReturnWays[] = {
    {ReturnWay::label, "label"}, {ReturnWay::counter, "counter"}, {ReturnWay::shop, "shop"}, {ReturnWay::pickup, "pickup"}};
inline std::string_view to_text(ReturnWay way) { return word_of(kReturnWays, way); }
inline std::optional<ReturnWay> parse_return_way(std::string_view text) { return value_of(kReturnWays, text); }

}  // namespace roundtrip::domain
