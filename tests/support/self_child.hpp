// This test binary again, as a process of its own: its environment tells it what to do, and where to die.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "store/database.hpp"

namespace roundtrip::test {

// Variables without their ROUNDTRIP_TEST_; empty values are left out. CRASH_AT names the step at which it dies.
using Told = std::vector<std::pair<std::string, std::string>>;

// Started anew, not only forked: the parent's threads and connections stay out of it. A testing::Environment of the binary sees what it was
// told, does it and ends the process.
pid_t start_self(const Told& told);
// Runs it to its end: true when it died by a signal. An exit code other than 0 fails the test.
bool self_dies(const Told& told);

// In the child: what it was told; null: nothing of that name.
const char* told(const char* name);
std::int64_t told_number(const char* name);
// The database it was told of, for a process with little to do.
store::DatabaseOptions database_at(const char* url);

}  // namespace roundtrip::test
