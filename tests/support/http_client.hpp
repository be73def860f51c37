// A tiny HTTP client on raw sockets: what the test writes goes out as it is, what comes back is taken apart.
#pragma once
#include <string>
#include <string_view>

#include "base/transport.hpp"

namespace roundtrip::test {

struct RawAnswer {
  int status = 0;   // 0: the connection was closed without an answer
  Headers headers;  // names lower-cased
  std::string body;
  std::string header(std::string_view lower_name) const;  // "" without it
};

// One connection to a loopback port. Reading gives up after 15 s.
class RawClient {
 public:
  explicit RawClient(int port);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  // False when the peer does not take it any more.
  bool send(std::string_view bytes);
  // Everything until the peer closes.
  RawAnswer read_answer();

 private:
  int fd_ = -1;
};

// One connection: sends the bytes, reads the answer.
RawAnswer exchange(int port, std::string_view bytes);
// A well-formed request with Host and Content-Length.
std::string request_text(std::string_view method, std::string_view target, std::string_view body, const Headers& headers);

}  // namespace roundtrip::test
