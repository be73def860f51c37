// The templates and assets compiled into the program.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace roundtrip::web {

struct Embedded {
  std::string name;  // "desk.css"
  std::string body;
  std::string sha256;
};
const std::vector<Embedded>& embedded_files();
// Nothing with that name: nullptr.
const Embedded* find_embedded(std::string_view name);

}  // namespace roundtrip::web
