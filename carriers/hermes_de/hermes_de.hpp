// Hermes Germany (Hermes Shipping Interface): how it is asked and what its answers mean.
//
// Account: `customer` is the user name, `secret` its password, `key` the OAuth client: "id" or "id:secret".
#pragma once
#include "carriers/carrier.hpp"

namespace roundtrip::carriers {

const Carrier& hermes_de_carrier();

}  // namespace roundtrip::carriers
