// Failing on wish: errors, silence, and answers that end too early.
#include "demo/carrier_faults.hpp"

#include "base/clock.hpp"
#include "demo/carrier_world.hpp"

namespace roundtrip::demo {
namespace {
constexpr std::int64_t kHangUs = 10 * kMinute;

// A body that ends before its length: `there` bytes of it come, then the connection is closed.
void reply_part(httplib::Response& response, const std::string& body, std::size_t there) {
  response.status = 200;
  response.set_content_provider(body.size(), "application/json", [body, there](std::size_t offset, std::size_t, httplib::DataSink& sink) {
    if (offset < there) sink.write(body.data() + offset, there - offset);
    return offset < there;
  });
}
}  // namespace

void reply_json(httplib::Response& response, int status, const nlohmann::ordered_json& body) {
  response.status = status;
  response.set_content(body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace), "application/json");
}

nlohmann::ordered_json own_error(int status) {
  const char* code = status == 401 ? "unauthorized" : status == 429 ? "rate_limited" : "internal";
  return {{"error", {{"code", code}}}};
}

FaultMode CarrierFaults::of_call(int call) {
  const std::lock_guard lock(mutex_);
  if (mode_calls_ > 0) {
    --mode_calls_;
    return mode_;
  }
  const std::uint64_t hash = world_hash("call" + std::to_string(call));
  if (static_cast<int>(hash % 100) >= fault_percent_) return FaultMode::none;
  return kFaultModes[1 + (hash / 100) % 4].value;
}

void CarrierFaults::wish(FaultMode mode, int calls, int retry_after_s) {
  const std::lock_guard lock(mutex_);
  mode_ = mode;
  mode_calls_ = calls;
  retry_after_s_ = retry_after_s;
}

void CarrierFaults::pause(std::int64_t us) {
  std::unique_lock lock(mutex_);
  stopped_.wait_for(lock, std::chrono::microseconds(us), [this] { return stopping_; });
}

void CarrierFaults::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stopped_.notify_all();
}

bool CarrierFaults::fail(FaultMode mode, httplib::Response& response, ErrorBody error) {
  switch (mode) {
    case FaultMode::none:
      return false;
    case FaultMode::slow:
      pause(slow_ms_ * 1000);
      return false;
    case FaultMode::hang:
      pause(kHangUs);
      reply_part(response, "{}", 0);
      return true;
    case FaultMode::rate_limit: {
      const std::lock_guard lock(mutex_);
      if (retry_after_s_ > 0) response.set_header("Retry-After", std::to_string(retry_after_s_));
      reply_json(response, 429, error(429));
      return true;
    }
    case FaultMode::unauthorized:
      reply_json(response, 401, error(401));
      return true;
    case FaultMode::error:
      reply_json(response, 500, error(500));
      return true;
    case FaultMode::garbage:
      response.status = 200;
      response.set_content("<html><body>We are improving our service for you</body></html>", "text/html");
      return true;
    case FaultMode::half:
      reply_part(response, R"({"parcels": [], "shipments": [], "trackResponse": {"shipment": []}})", 20);
      return true;
    case FaultMode::cut:
    case FaultMode::lost:
      reply_part(response, "{}", 0);
      return true;
  }
  return false;
}

}  // namespace roundtrip::demo
