// A program that runs beside a test, and a relay from a TCP port to a unix socket (browsers speak no unix sockets).
#pragma once
#include <sys/types.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace roundtrip::test {

// Started at once, its output goes to `log_path`; ended with SIGTERM and waited for.
class Child {
 public:
  Child(std::vector<std::string> command, const std::vector<std::string>& environment, std::string log_path);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  // What it wrote so far.
  std::string log() const;

 private:
  pid_t pid_ = 0;
  std::string log_path_;
};

class Relay {
 public:
  explicit Relay(std::string socket_path);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;
  int port() const { return port_; }
  // Cut: connections are closed without an answer, as without a network.
  void cut(bool cut) { cut_ = cut; }

 private:
  void accept_all();
  void carry(int client) const;
  std::string socket_path_;
  int listener_ = -1, port_ = 0;
  std::atomic<bool> over_{false}, cut_{false};
  std::thread acceptor_;
  std::vector<std::thread> carriers_;
};

}  // namespace roundtrip::test
