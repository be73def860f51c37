// Named points where a test makes the process die, to prove that nothing is lost or doubled between two steps.
#pragma once
#include <string_view>

namespace roundtrip {

// abort()s, without unwinding or flushing, when the environment's ROUNDTRIP_TEST_CRASH_AT is `name`; else nothing.
void crash_point(std::string_view name);

}  // namespace roundtrip
