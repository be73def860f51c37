// The dependency rule as data, and what checks a source tree against it.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace roundtrip::architecture {

// A room is a folder of src/, or one of the top folders carriers/ and labels/.
struct Room {
  std::string_view name;
  std::string_view in_readme;                 // its cell "may include" in src/README.md
  std::vector<std::string_view> may_include;  // other rooms
  std::vector<std::string_view> may_see;      // single headers of other rooms
  enum class Json { never, sources, anywhere } json = Json::never;
};
const std::vector<Room>& rooms();

// A library and the rooms that are its home. `begins` is how its headers begin.
struct Library {
  std::string_view begins;
  std::vector<std::string_view> homes;
};
const std::vector<Library>& libraries();

// Every breach of the rule under `root` (which holds src/, carriers/, labels/), as "file: why".
std::vector<std::string> violations(const std::filesystem::path& root);

}  // namespace roundtrip::architecture
