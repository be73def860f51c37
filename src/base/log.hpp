// JSON lines on standard error: {"at","level","message",...}. Values are escaped, never raw.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace roundtrip::log {

using Field = std::pair<std::string_view, std::string>;
using Fields = std::initializer_list<Field>;

// "debug", "info", "warn", "error", "off"; false for another word.
bool set_level(std::string_view level);
void debug(std::string_view message, Fields fields = {});
void info(std::string_view message, Fields fields = {});
void warn(std::string_view message, Fields fields = {});
void error(std::string_view message, Fields fields = {});

}  // namespace roundtrip::log
