// The listeners: the front door on a unix socket (or a TCP port, for tests) and the operations port.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "http/front.hpp"
#include "http/guard.hpp"

namespace roundtrip::http {

struct ServerOptions {
  std::string socket_path;  // used when not empty
  std::string host = "127.0.0.1";
  int port = 0;  // 0: any free one
  int threads = 24;
  BodyLimits body;
};

// Answers every request through `answer`. One request a connection: the unread rest of a refused body
// is never taken for a next request.
class Server {
 public:
  Server(ServerOptions options, std::function<Reply(Request&)> answer);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  // Binds and listens in a thread; throws std::runtime_error when the address is taken.
  void start();
  // Finishes what is under way, then returns.
  void stop();
  int port() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace roundtrip::http
