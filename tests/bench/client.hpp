// A lean HTTP/1.1 client for benchmarks: a unix socket or loopback, one request a connection when the server closes, little CPU.
#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace roundtrip::bench {

struct Target {
  std::string socket;  // path of a unix socket; empty: host and port
  std::string host = "127.0.0.1";
  int port = 8080;
  std::string key;  // API key
};
// Reads "unix:/path" or "http://host:port". Throws std::runtime_error for anything else.
Target parse_target(const std::string& url, const std::string& key);

struct Reply {
  int status = 0;
  std::string body;
  nlohmann::json json() const { return nlohmann::json::parse(body); }
};

// Not thread-safe: one per thread.
class Client {
 public:
  explicit Client(Target target) : target_(std::move(target)) {}
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  // Throws std::runtime_error when there is no answer within 60 s.
  Reply send(std::string_view method, std::string_view path, std::string_view body = {}, std::string_view more_headers = {});
  Reply get(std::string_view path) { return send("GET", path); }
  Reply post(std::string_view path, const nlohmann::json& body, std::string_view idempotency_key = {});
  // post and get, and std::runtime_error with the answer unless it is 2xx.
  nlohmann::json must_post(std::string_view path, const nlohmann::json& body, std::string_view idempotency_key = {});
  nlohmann::json must_get(std::string_view path);
  std::int64_t requests() const { return requests_; }

 private:
  void connect();
  void close();
  bool write_all(std::string_view text);
  Reply read_reply(bool& keep);
  Target target_;
  int socket_ = -1;
  std::string buffer_;
  std::int64_t requests_ = 0;
};

std::int64_t clock_us();
// A version-4 UUID, not from a good source.
std::string quick_uuid();

// Durations by step. Thread-safe.
class Timings {
 public:
  void add(const std::string& step, std::int64_t us);
  std::size_t count(const std::string& step) const;
  std::int64_t percentile(const std::string& step, double p) const;
  // "step  count  p50 p95 p99 max" in milliseconds.
  void print(const char* title) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::vector<std::int64_t>> steps_;
  std::vector<std::string> order_;
};

// Runs `work()` and adds its duration.
template <class Work>
auto timed(Timings& timings, const std::string& step, Work&& work) {
  const std::int64_t began = clock_us();
  auto result = work();
  timings.add(step, clock_us() - began);
  return result;
}

// "--name value" pairs and bare words of a command line.
struct Arguments {
  Arguments(int argc, char** argv);
  std::string text(const std::string& name, const std::string& otherwise) const;
  int number(const std::string& name, int otherwise) const;
  std::vector<std::string> words;
  std::map<std::string, std::string> named;
};

}  // namespace roundtrip::bench
