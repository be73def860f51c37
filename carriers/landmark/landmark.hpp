// Landmark Global: how it is asked and what its answers mean.
//
// Account: `key` is the user name, `secret` its password, `customer` the client id.
#pragma once
#include "carriers/carrier.hpp"

namespace roundtrip::carriers {

const Carrier& landmark_carrier();

}  // namespace roundtrip::carriers
