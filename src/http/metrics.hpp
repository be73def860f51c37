// Counters of the program in Prometheus' text format.
#pragma once
#include <cstdint>
#include <string>

namespace roundtrip::http {

void count_request(const std::string& method, int status, std::int64_t duration_us);
void count_scan(const std::string& station_kind, const std::string& outcome);
// The whole registry as text, for /metrics.
std::string metrics_text();

}  // namespace roundtrip::http
