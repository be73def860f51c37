// A stand-in for Stripe's refunds: pays at once, keeps keys, and lets a benchmark wait for a payout.
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace roundtrip::bench {

class FakeStripe {
 public:
  // Listens on 127.0.0.1; port 0 takes a free one.
  explicit FakeStripe(int port);
  ~FakeStripe();
  FakeStripe(const FakeStripe&) = delete;
  FakeStripe& operator=(const FakeStripe&) = delete;
  int port() const { return port_; }
  // Waits until `count` refunds of a charge were paid; false after `timeout_ms`.
  bool wait_for(const std::string& charge, int count, int timeout_ms);
  std::int64_t paid() const;                            // minor units, all charges
  std::int64_t refunds() const;                         // distinct keys
  std::int64_t paid_twice() const { return repeats_; }  // calls with a key that had been paid

 private:
  struct Refund {
    std::string id, charge, key, order, refund, merchant;
    std::int64_t amount = 0;
  };
  void accept_loop();
  void serve(int socket);
  std::string answer(const std::string& method, const std::string& path, const std::string& key, const std::string& body, int& status);
  std::string pay(const std::string& key, const std::string& body);
  static std::string json_of(const Refund& refund);

  int listener_ = -1, port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<std::int64_t> repeats_{0};
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Refund> by_key_;
  std::map<std::string, int> by_charge_;
  std::vector<int> sockets_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace roundtrip::bench
