// How the demo carrier fails: by itself now and then, and on wish. Thread-safe.
#pragma once
#include <httplib.h>

#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>

#include "domain/transitions.hpp"

namespace roundtrip::demo {

enum class FaultMode {
  none,
  rate_limit,
  error,
  slow,
  garbage,  // the four above and this one happen by themselves, too
  unauthorized,
  hang,
  half,
  cut,
  lost,  // what was asked for is done, but its answer never arrives
};
inline constexpr domain::Word<FaultMode> kFaultModes[] = {{FaultMode::none, "none"},       {FaultMode::rate_limit, "rate_limit"},
                                                          {FaultMode::error, "error"},     {FaultMode::slow, "slow"},
                                                          {FaultMode::garbage, "garbage"}, {FaultMode::unauthorized, "unauthorized"},
                                                          {FaultMode::hang, "hang"},       {FaultMode::half, "half"},
                                                          {FaultMode::cut, "cut"},         {FaultMode::lost, "lost"}};

// An error's body in the language of a call.
using ErrorBody = nlohmann::ordered_json (*)(int status);
nlohmann::ordered_json own_error(int status);

class CarrierFaults {
 public:
  CarrierFaults(int fault_percent, int slow_ms) : fault_percent_(fault_percent), slow_ms_(slow_ms) {}

  // The failure of this call, if it has one.
  FaultMode of_call(int call);
  // The next calls fail so; retry_after_s 0: rate_limit without Retry-After.
  void wish(FaultMode mode, int calls, int retry_after_s);
  // True when the call was answered with its failure.
  bool fail(FaultMode mode, httplib::Response& response, ErrorBody error = own_error);
  // Calls that hang end.
  void stop();

 private:
  void pause(std::int64_t us);

  const int fault_percent_, slow_ms_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  FaultMode mode_ = FaultMode::none;
  int mode_calls_ = 0;
  int retry_after_s_ = 1;
};

void reply_json(httplib::Response& response, int status, const nlohmann::ordered_json& body);

}  // namespace roundtrip::demo
