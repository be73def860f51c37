// GLS: how it is asked and what its answers mean.
#pragma once
#include "carriers/carrier.hpp"

namespace roundtrip::carriers {

const Carrier& gls_carrier();

}  // namespace roundtrip::carriers
