// UPS: how it is asked and what its answers mean.
#pragma once
#include "carriers/carrier.hpp"

namespace roundtrip::carriers {

const Carrier& ups_carrier();

}  // namespace roundtrip::carriers
