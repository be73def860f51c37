// Whether and with which company prefix GS1 labels (SSCC) are printed.
#pragma once
#include "base/result.hpp"
#include "store/labels.hpp"
#include "usecases/context.hpp"

namespace roundtrip::usecases {

using store::Gs1Settings;

Gs1Settings read_gs1_settings(const Context& context);
// Errors: bad_company_prefix, unknown_warehouse.
Done save_gs1_settings(const Context& context, const Gs1Settings& settings);

}  // namespace roundtrip::usecases
