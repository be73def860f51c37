// Placeholder: the serve room's commands come here.
#include "main_commands.hpp"

namespace roundtrip {
void add_serve_commands(CLI::App&, Program&) {}
}  // namespace roundtrip
