// /livez, /readyz, /metrics: for machines that look after the service.
#include <filesystem>
#include <nlohmann/json.hpp>

#include "http/api.hpp"
#include "http/metrics.hpp"
#include "usecases/readiness.hpp"

namespace roundtrip::http {
namespace {
Reply livez(const Services&, const Request&) { return {200, "text/plain; charset=utf-8", "ok\n", {}}; }

// Database, migrations, disk. Machines read the status; people read the checks.
Reply readyz(const Services& services, const Request&) {
  nlohmann::ordered_json checks = nlohmann::ordered_json::object();
  bool ready = true;
  for (const auto& check : usecases::readiness(services.db)) {
    checks[check.name] = check.fault.empty() ? "ok" : check.fault;
    ready = ready && check.fault.empty();
  }
  std::error_code failed;
  const auto space = std::filesystem::space(".", failed);
  const bool room = !failed && space.available > (64u << 20);
  checks["disk"] = room ? "ok" : "less than 64 MiB free";
  Reply reply = json_reply(ready && room ? 200 : 503, {{"status", ready && room ? "ready" : "not ready"}, {"checks", checks}});
  if (reply.status == 503) reply.headers.emplace_back("Retry-After", "2");
  return reply;
}

Reply metrics(const Services&, const Request&) { return {200, "text/plain; version=0.0.4; charset=utf-8", metrics_text(), {}}; }
}  // namespace

void add_operations_routes(Router& router, const Services& services) {
  const auto to = [&services](Reply (*handler)(const Services&, const Request&)) {
    return [&services, handler](const Request& request) { return handler(services, request); };
  };
  router.add({"GET", "/livez", Gate::open, "", to(livez)});
  router.add({"GET", "/readyz", Gate::open, "", to(readyz)});
}

void add_metrics_route(Router& router, const Services& services) {
  router.add({"GET", "/metrics", Gate::open, "", [&services](const Request& request) { return metrics(services, request); }});
}

}  // namespace roundtrip::http
