// Royal Mail: how it is asked and what its answers mean.
#pragma once
#include "carriers/carrier.hpp"

namespace roundtrip::carriers {

const Carrier& royal_mail_carrier();

}  // namespace roundtrip::carriers
