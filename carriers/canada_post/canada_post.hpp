// Canada Post: how it is asked and what its answers mean.
#pragma once
#include "carriers/carrier.hpp"

namespace roundtrip::carriers {

const Carrier& canada_post_carrier();

}  // namespace roundtrip::carriers
