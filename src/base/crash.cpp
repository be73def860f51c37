// The one switch of all crash points.
#include "base/crash.hpp"

#include <cstdlib>

namespace roundtrip {

void crash_point(std::string_view name) {
  // Asked each time: a test sets it in a forked child. getenv is cheap beside the database's round trips.
  const char* wanted = std::getenv("ROUNDTRIP_TEST_CRASH_AT");
  if (wanted != nullptr && name == wanted) std::abort();
}

}  // namespace roundtrip
