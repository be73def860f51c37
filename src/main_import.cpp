// Placeholder: the import command comes here.
#include "main_commands.hpp"

namespace roundtrip {
void add_import_command(CLI::App&, Program&) {}
}  // namespace roundtrip
