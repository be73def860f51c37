// La Poste (Colissimo, letters, Chronopost through its common API): how it is asked and what its answers mean.
//
// Account: `key` is the X-Okapi-Key.
#pragma once
#include "carriers/carrier.hpp"

namespace roundtrip::carriers {

const Carrier& la_poste_carrier();

}  // namespace roundtrip::carriers
