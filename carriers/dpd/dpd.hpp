// DPD: how it is asked and what its answers mean.
//
// Account: `key` is the delisId, `secret` its password. `base_url` is the folder of the SOAP services: DPD Germany's by default;
// "https://wsshipper.dpd.be/soap/services" and "https://wsshipper.dpd.nl/soap/services" are those of Belgium and the Netherlands.
#pragma once
#include "carriers/carrier.hpp"

namespace roundtrip::carriers {

const Carrier& dpd_carrier();

}  // namespace roundtrip::carriers
