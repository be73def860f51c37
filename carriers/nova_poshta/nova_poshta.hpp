// Nova Poshta: how it is asked and what its answers mean.
//
// Account: `key` is the API key; `customer` the shop's phone number, with which more is told about its own parcels (optional).
#pragma once
#include "carriers/carrier.hpp"

namespace roundtrip::carriers {

const Carrier& nova_poshta_carrier();

}  // namespace roundtrip::carriers
