// La Poste: how it is asked and what its answers mean.
#pragma once
#include "carriers/carrier.hpp"

namespace roundtrip::carriers {

const Carrier& la_poste_carrier();

}  // namespace roundtrip::carriers
