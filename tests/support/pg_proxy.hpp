// A TCP proxy before PostgreSQL that loses the answer of a COMMIT: the client cannot know whether it happened.
#pragma once
#include <poll.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace roundtrip::test {

class PgProxy {
 public:
  // `url`: a libpq connection string with host (a folder of sockets, or an address) and port.
  explicit PgProxy(const std::string& url);
  ~PgProxy();
  PgProxy(const PgProxy&) = delete;
  PgProxy& operator=(const PgProxy&) = delete;
  // The same database through this proxy.
  const std::string& url() const { return url_; }
  // The next COMMIT reaches the server (or not), and its answer never comes: the connection is gone.
  void lose_next_commit(bool reaches_server) { plan_ = reaches_server ? 1 : 2; }
  int lost() const { return lost_; }

 private:
  void serve();
  void relay(int client);
  int connect_upstream() const;
  std::string host_, port_, url_;
  int listener_ = -1;
  std::atomic<bool> stop_{false};
  std::atomic<int> plan_{0}, lost_{0};
  std::thread thread_;
  std::vector<std::thread> relays_;
};

}  // namespace roundtrip::test
