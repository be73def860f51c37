// Log lines through spdlog, each one JSON object made by nlohmann (newlines cannot forge a line).
#include "base/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>

#include "base/clock.hpp"

namespace roundtrip::log {
namespace {
spdlog::logger& logger() {
  static const auto instance = [] {
    auto made = spdlog::stderr_logger_mt("roundtrip");
    made->set_pattern("%v");
    made->set_level(spdlog::level::info);
    return made;
  }();
  return *instance;
}

void write(spdlog::level::level_enum level, std::string_view name, std::string_view message, Fields fields) {
  if (!logger().should_log(level)) return;
  nlohmann::ordered_json line = {{"at", format_rfc3339(now())}, {"level", name}, {"message", message}};
  for (const auto& [key, value] : fields) line[std::string(key)] = value;
  logger().log(level, spdlog::string_view_t{line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)});
  logger().flush();
}
}  // namespace

bool set_level(std::string_view level) {
  if (level == "debug")
    logger().set_level(spdlog::level::debug);
  else if (level == "info")
    logger().set_level(spdlog::level::info);
  else if (level == "warn")
    logger().set_level(spdlog::level::warn);
  else if (level == "error")
    logger().set_level(spdlog::level::err);
  else if (level == "off")
    logger().set_level(spdlog::level::off);
  else
    return false;
  return true;
}

void debug(std::string_view message, Fields fields) { write(spdlog::level::debug, "debug", message, fields); }
void info(std::string_view message, Fields fields) { write(spdlog::level::info, "info", message, fields); }
void warn(std::string_view message, Fields fields) { write(spdlog::level::warn, "warn", message, fields); }
void error(std::string_view message, Fields fields) { write(spdlog::level::err, "error", message, fields); }

}  // namespace roundtrip::log
