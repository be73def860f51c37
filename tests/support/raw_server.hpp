// A tiny HTTP peer on a raw socket that does exactly what a test's script says: answer, dribble, hang, cut.
#pragma once
#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace roundtrip::test {

// One accepted connection, as the script sees it.
class RawConnection {
 public:
  explicit RawConnection(int fd) : fd_(fd) {}
  // The next whole request (head and a body of exactly Content-Length bytes), or "" when the peer
  // closed. Throws std::runtime_error for a request that is not well-formed HTTP/1.1.
  std::string read_request();
  // The next line without its CRLF, or nothing when the peer closed. Throws for a bare LF or CR or an endless line.
  std::optional<std::string> read_line();
  void send(std::string_view bytes);
  // "HTTP/1.1 200 OK" with Content-Length.
  void answer(int status, std::string_view body, std::string_view more_headers = "");
  // Closes with a TCP reset.
  void reset();
  // Blocks until the peer closes (or the server is destroyed).
  void wait_for_close();

 private:
  int fd_;
  std::string buffer_;
};

// Listens on a free loopback port; runs the script in a thread of its own for each connection. What
// a script throws is kept in `faults()` so that a test can assert that there were none.
class RawServer {
 public:
  using Script = std::function<void(RawConnection&)>;
  explicit RawServer(Script script);
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;
  int port() const { return port_; }
  std::string url(std::string_view path = "/") const;
  int connections() const { return connections_; }
  std::vector<std::string> faults() const;

 private:
  void accept_all();
  Script script_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> connections_{0};
  mutable std::mutex mutex_;
  std::vector<int> sockets_;
  std::vector<std::string> faults_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace roundtrip::test
