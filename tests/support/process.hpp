// Runs the program (or another) and gives its exit code and what it wrote.
#pragma once
#include <string>
#include <vector>

namespace roundtrip::test {

struct Finished {
  int exit_code = -1;  // 128 + signal when it was killed
  std::string out, err;
};

// `environment` replaces this process's: only PATH and HOME are kept beside it. `input` is its standard input.
Finished run_process(const std::vector<std::string>& command, const std::vector<std::string>& environment = {},
                     const std::string& input = "");

}  // namespace roundtrip::test
