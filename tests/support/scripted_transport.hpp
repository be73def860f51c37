// A transport without sockets: keeps what is sent and answers as it is told.
#pragma once
#include <functional>
#include <mutex>
#include <vector>

#include "base/transport.hpp"

namespace roundtrip::test {

class ScriptedTransport : public Transport {
 public:
  using Answer = std::function<HttpResponse(const HttpRequest&)>;
  explicit ScriptedTransport(Answer answer) : answer_(std::move(answer)) {}
  HttpOutcome send(const HttpRequest& request) override {
    const std::lock_guard lock(mutex_);
    sent_.push_back(request);
    return {answer_(request), {}};
  }
  // Everything sent so far.
  std::vector<HttpRequest> sent() const {
    const std::lock_guard lock(mutex_);
    return sent_;
  }

 private:
  Answer answer_;
  mutable std::mutex mutex_;
  std::vector<HttpRequest> sent_;
};

}  // namespace roundtrip::test
