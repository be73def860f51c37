// The real program as children of a test: serve and demo-carrier on a database of the test's own.
#pragma once
#include <sys/types.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <string>

#include "bench/client.hpp"
#include "support/database.hpp"

namespace roundtrip::test {

class Service {
 public:
  // `settings`: ROUNDTRIP_<SECTION>__<KEY> names without the prefix, e.g. {"MAIL__SMTP_URL", "smtp://..."}.
  explicit Service(std::map<std::string, std::string> settings);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  void start();         // serve; returns when /readyz says so
  void kill_minus_9();  // serve dies on the spot
  TestDatabase& database() { return database_; }
  bench::Target target() const;
  const std::string& key() const { return key_; }
  MerchantId merchant() const { return merchant_; }
  std::filesystem::path folder() const { return folder_; }

 private:
  pid_t spawn(const std::vector<std::string>& arguments, const std::string& log);
  void start_carrier();
  TestDatabase database_;
  std::filesystem::path folder_;
  std::map<std::string, std::string> settings_;
  std::string key_;
  MerchantId merchant_;
  pid_t serve_ = -1, carrier_ = -1;
  int carrier_port_ = 0;
};

// A TCP port that was free a moment ago.
int free_port();
// Waits until `done` says so; false after `seconds`.
template <class Done>
bool wait_until(int seconds, Done&& done) {
  for (const auto end = bench::clock_us() + seconds * 1'000'000LL; bench::clock_us() < end;) {
    if (done()) return true;
    ::usleep(20'000);
  }
  return done();
}

}  // namespace roundtrip::test
