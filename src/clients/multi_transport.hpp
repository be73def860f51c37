// Transport for many calls at once: one thread drives all of them, connections are kept and used again.
#pragma once
#include <memory>

#include "clients/curl_transport.hpp"

namespace roundtrip::clients {

// Thread-safe. Of what is started, at most `most_under_way` are on the wire; the others wait in order, and their time counts from when
// they go out. What is under way when this ends is answered with a failure. The rules of CurlTransport hold.
class MultiTransport : public Transport {
 public:
  explicit MultiTransport(CurlOptions options = {}, int most_under_way = 256);
  ~MultiTransport() override;
  MultiTransport(const MultiTransport&) = delete;
  MultiTransport& operator=(const MultiTransport&) = delete;
  // Not from within `answered`.
  HttpOutcome send(const HttpRequest& request) override;
  void start(HttpRequest request, Answered answered) override;

 private:
  struct Driver;
  std::unique_ptr<Driver> driver_;
};

}  // namespace roundtrip::clients
