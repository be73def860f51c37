// Starting the test binary anew.
#include "support/self_child.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace roundtrip::test {

pid_t start_self(const Told& told) {
  const pid_t child = fork();
  if (child != 0) return child;
  for (const auto& [name, value] : told) {
    if (!value.empty()) setenv(("ROUNDTRIP_TEST_" + name).c_str(), value.c_str(), 1);
  }
  execl("/proc/self/exe", "child", "--gtest_brief=1", static_cast<char*>(nullptr));
  _exit(127);
}

bool self_dies(const Told& told) {
  int status = 0;
  waitpid(start_self(told), &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 0)) << "status " << status;
  return WIFSIGNALED(status);
}

const char* told(const char* name) { return std::getenv(("ROUNDTRIP_TEST_" + std::string(name)).c_str()); }

std::int64_t told_number(const char* name) { return std::strtoll(told(name), nullptr, 10); }

store::DatabaseOptions database_at(const char* url) {
  store::DatabaseOptions options;
  options.url = url;
  options.pool_size = 2;
  return options;
}

}  // namespace roundtrip::test
