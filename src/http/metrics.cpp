// Metrics through prometheus-cpp's core; families are looked up once.
#include "http/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace roundtrip::http {
namespace {
prometheus::Registry& registry() {
  static prometheus::Registry one;
  return one;
}
}  // namespace

void count_request(const std::string& method, int status, std::int64_t duration_us) {
  static auto& requests = prometheus::BuildCounter().Name("roundtrip_http_requests_total").Help("Answered requests").Register(registry());
  static auto& durations =
      prometheus::BuildHistogram().Name("roundtrip_http_request_duration_seconds").Help("Time to answer").Register(registry());
  static auto& duration =
      durations.Add({}, prometheus::Histogram::BucketBoundaries{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5});
  const bool known = method == "GET" || method == "POST" || method == "PUT" || method == "PATCH" || method == "DELETE" || method == "HEAD";
  requests.Add({{"method", known ? method : "other"}, {"status", std::to_string(status)}}).Increment();
  duration.Observe(static_cast<double>(duration_us) / 1e6);
}

void count_scan(const std::string& station_kind, const std::string& outcome) {
  static auto& scans =
      prometheus::BuildCounter().Name("roundtrip_scans_total").Help("Scans by station kind and outcome").Register(registry());
  scans.Add({{"station", station_kind}, {"outcome", outcome}}).Increment();
}

std::string metrics_text() { return prometheus::TextSerializer().Serialize(registry().Collect()); }

}  // namespace roundtrip::http
