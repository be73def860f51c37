// Sockets, HTTP/1.1 and percentiles for the benchmarks.
#include "bench/client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <random>
#include <stdexcept>

namespace roundtrip::bench {

Target parse_target(const std::string& url, const std::string& key) {
  Target target;
  target.key = key;
  if (url.starts_with("unix:")) {
    target.socket = url.substr(5);
    return target;
  }
  const auto colon = url.rfind(':');
  if (!url.starts_with("http://") || colon < 7 || colon == std::string::npos)
    throw std::runtime_error("not unix:PATH or http://HOST:PORT: " + url);
  target.host = url.substr(7, colon - 7);
  target.port = std::stoi(url.substr(colon + 1));
  return target;
}

Client::~Client() { close(); }

void Client::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  buffer_.clear();
}

void Client::connect() {
  if (socket_ >= 0) return;
  int failed = 0;
  if (!target_.socket.empty()) {
    socket_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, target_.socket.c_str(), sizeof address.sun_path - 1);
    failed = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address);
  } else {
    socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(target_.port));
    inet_pton(AF_INET, target_.host.c_str(), &address.sin_addr);
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    failed = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address);
  }
  if (failed != 0) {
    const std::string why = std::strerror(errno);
    close();
    throw std::runtime_error("cannot connect: " + why);
  }
  const timeval limit{60, 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

bool Client::write_all(std::string_view text) {
  while (!text.empty()) {
    const auto sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

namespace {
// The value of a header in a block of header lines, name in lower case.
std::string header_value(const std::string& head, std::string_view name) {
  for (std::size_t at = head.find("\r\n"); at != std::string::npos && at + 2 < head.size(); at = head.find("\r\n", at + 2)) {
    const std::size_t begin = at + 2;
    if (head.size() - begin <= name.size() || head[begin + name.size()] != ':') continue;
    const bool same = std::equal(name.begin(), name.end(), head.begin() + static_cast<std::ptrdiff_t>(begin),
                                 [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
    if (!same) continue;
    std::size_t from = begin + name.size() + 1;
    while (from < head.size() && head[from] == ' ') ++from;
    return head.substr(from, head.find("\r\n", from) - from);
  }
  return "";
}

nlohmann::json must(const Reply& reply, const std::string& what) {
  if (reply.status < 200 || reply.status > 299) {
    throw std::runtime_error(what + " -> " + std::to_string(reply.status) + " " + reply.body.substr(0, 600));
  }
  return reply.body.empty() ? nlohmann::json() : reply.json();
}
}  // namespace

Reply Client::read_reply(bool& keep) {
  char chunk[16384];
  std::size_t head_end = std::string::npos;
  const auto more = [&] {
    const auto got = ::recv(socket_, chunk, sizeof chunk, 0);
    if (got < 0) throw std::runtime_error("no answer: " + std::string(std::strerror(errno)));
    buffer_.append(chunk, static_cast<std::size_t>(got));
    return got > 0;
  };
  while ((head_end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!more()) throw std::runtime_error("the server closed the connection without an answer");
  }
  const std::string head = buffer_.substr(0, head_end + 2);
  Reply reply;
  reply.status = std::atoi(head.c_str() + 9);
  const std::string length = header_value(head, "content-length");
  const std::size_t body_at = head_end + 4;
  if (!length.empty()) {
    const std::size_t wanted = std::stoul(length);
    while (buffer_.size() < body_at + wanted) {
      if (!more()) throw std::runtime_error("the answer was cut off");
    }
    reply.body = buffer_.substr(body_at, wanted);
    buffer_.erase(0, body_at + wanted);
    keep = header_value(head, "connection") != "close";
  } else {
    while (reply.status != 204 && reply.status != 304 && more()) continue;
    reply.body = buffer_.substr(body_at);
    keep = false;
  }
  return reply;
}

Reply Client::send(std::string_view method, std::string_view path, std::string_view body, std::string_view more_headers) {
  std::string text;
  text.reserve(256 + body.size());
  text.append(method).append(" ").append(path).append(" HTTP/1.1\r\nHost: bench\r\n");
  if (!target_.key.empty()) text.append("Authorization: Bearer ").append(target_.key).append("\r\n");
  if (method != "GET") text.append("Content-Type: application/json\r\nContent-Length: ").append(std::to_string(body.size())).append("\r\n");
  text.append(more_headers).append("\r\n").append(body);
  ++requests_;
  connect();
  if (!write_all(text)) {
    close();
    throw std::runtime_error("the request could not be sent");
  }
  bool keep = false;
  try {
    Reply reply = read_reply(keep);
    if (!keep) close();
    return reply;
  } catch (...) {
    close();
    throw;
  }
}

Reply Client::post(std::string_view path, const nlohmann::json& body, std::string_view idempotency_key) {
  const std::string headers = idempotency_key.empty() ? "" : "Idempotency-Key: " + std::string(idempotency_key) + "\r\n";
  return send("POST", path, body.dump(), headers);
}

nlohmann::json Client::must_post(std::string_view path, const nlohmann::json& body, std::string_view idempotency_key) {
  return must(post(path, body, idempotency_key), "POST " + std::string(path) + " " + body.dump());
}
nlohmann::json Client::must_get(std::string_view path) { return must(get(path), "GET " + std::string(path)); }

std::int64_t clock_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::string quick_uuid() {
  thread_local std::mt19937_64 random{std::random_device{}()};
  char text[40];
  const std::uint64_t a = random(), b = random();
  std::snprintf(text, sizeof text, "%08x-%04x-4%03x-8%03x-%012llx", unsigned(a >> 32), unsigned(a >> 16 & 0xffff), unsigned(a & 0xfff),
                unsigned(b >> 52 & 0xfff), static_cast<unsigned long long>(b & 0xffffffffffffULL));
  return text;
}

void Timings::add(const std::string& step, std::int64_t us) {
  const std::lock_guard lock(mutex_);
  auto [at, is_new] = steps_.try_emplace(step);
  if (is_new) order_.push_back(step);
  at->second.push_back(us);
}

std::size_t Timings::count(const std::string& step) const {
  const std::lock_guard lock(mutex_);
  const auto at = steps_.find(step);
  return at == steps_.end() ? 0 : at->second.size();
}

std::int64_t Timings::percentile(const std::string& step, double p) const {
  const std::lock_guard lock(mutex_);
  const auto at = steps_.find(step);
  if (at == steps_.end() || at->second.empty()) return 0;
  std::vector<std::int64_t> sorted = at->second;
  std::sort(sorted.begin(), sorted.end());
  return sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(p * static_cast<double>(sorted.size())))];
}

void Timings::print(const char* title) const {
  std::printf("%-22s %8s %9s %9s %9s %9s  (ms)\n", title, "count", "p50", "p95", "p99", "max");
  for (const std::string& step : order_) {
    const auto ms = [&](double p) { return static_cast<double>(percentile(step, p)) / 1000.0; };
    std::printf("  %-20s %8zu %9.2f %9.2f %9.2f %9.2f\n", step.c_str(), count(step), ms(0.50), ms(0.95), ms(0.99), ms(1.0));
  }
  std::fflush(stdout);
}

Arguments::Arguments(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word.starts_with("--") && i + 1 < argc) {
      named[word.substr(2)] = argv[++i];
    } else {
      words.push_back(word);
    }
  }
}
std::string Arguments::text(const std::string& name, const std::string& otherwise) const {
  const auto at = named.find(name);
  return at == named.end() ? otherwise : at->second;
}
int Arguments::number(const std::string& name, int otherwise) const {
  const auto at = named.find(name);
  return at == named.end() ? otherwise : std::stoi(at->second);
}

}  // namespace roundtrip::bench
