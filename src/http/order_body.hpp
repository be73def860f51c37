// An order as storefronts send it, read into domain::NewOrder.
#pragma once
#include "domain/orders.hpp"
#include "http/body.hpp"

namespace roundtrip::http {

// Faults land in the body; the order is only worth using when body.finish() gave nothing.
domain::NewOrder read_order_body(Fields& root);
domain::Address read_address(Fields address, bool required);

}  // namespace roundtrip::http
