// POST /v1/refunds and GET /v1/refunds?charge=, form-encoded in, JSON out; one thread a connection.
#include "bench/fake_stripe.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "base/transport.hpp"

namespace roundtrip::bench {
namespace {

std::map<std::string, std::string> form_fields(const std::string& text) {
  std::map<std::string, std::string> fields;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('&', at), text.size());
    const std::string pair = text.substr(at, end - at);
    const auto equals = pair.find('=');
    if (equals != std::string::npos) fields[percent_decode(pair.substr(0, equals), true)] = percent_decode(pair.substr(equals + 1), true);
    at = end + 1;
  }
  return fields;
}

std::string lower_header(const std::string& head, const std::string& lower_name) {
  std::string lowered = head;
  for (char& c : lowered) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto at = lowered.find("\r\n" + lower_name + ":");
  if (at == std::string::npos) return "";
  auto from = at + lower_name.size() + 3;
  while (from < head.size() && head[from] == ' ') ++from;
  return head.substr(from, head.find("\r\n", from) - from);
}

}  // namespace

FakeStripe::FakeStripe(int port) {
  listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 256) != 0) {
    throw std::runtime_error("the fake gateway cannot listen on port " + std::to_string(port));
  }
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_loop(); });
}

FakeStripe::~FakeStripe() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  ::close(listener_);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  }
  for (auto& thread : threads_) thread.join();
}

void FakeStripe::accept_loop() {
  while (!stopping_) {
    const int socket = ::accept(listener_, nullptr, nullptr);
    if (socket < 0) continue;
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const std::lock_guard lock(mutex_);
    sockets_.push_back(socket);
    threads_.emplace_back([this, socket] { serve(socket); });
  }
}

void FakeStripe::serve(int socket) {
  std::string buffer;
  char chunk[8192];
  for (;;) {
    std::size_t head_end;
    while ((head_end = buffer.find("\r\n\r\n")) == std::string::npos) {
      const auto got = ::recv(socket, chunk, sizeof chunk, 0);
      if (got <= 0) return;
      buffer.append(chunk, static_cast<std::size_t>(got));
    }
    const std::string head = buffer.substr(0, head_end + 2);
    const std::string length = lower_header(head, "content-length");
    const std::size_t wanted = length.empty() ? 0 : std::stoul(length);
    while (buffer.size() < head_end + 4 + wanted) {
      const auto got = ::recv(socket, chunk, sizeof chunk, 0);
      if (got <= 0) return;
      buffer.append(chunk, static_cast<std::size_t>(got));
    }
    const std::string body = buffer.substr(head_end + 4, wanted);
    buffer.erase(0, head_end + 4 + wanted);
    const auto first = head.find(' '), second = head.find(' ', first + 1);
    int status = 200;
    const std::string reply =
        answer(head.substr(0, first), head.substr(first + 1, second - first - 1), lower_header(head, "idempotency-key"), body, status);
    const std::string text = "HTTP/1.1 " + std::to_string(status) +
                             " X\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(reply.size()) + "\r\n\r\n" + reply;
    if (::send(socket, text.data(), text.size(), MSG_NOSIGNAL) < 0) return;
  }
}

std::string FakeStripe::json_of(const Refund& refund) {
  return nlohmann::json{
      {"id", refund.id},
      {"object", "refund"},
      {"amount", refund.amount},
      {"charge", refund.charge},
      {"status", "succeeded"},
      {"metadata", {{"refund_key", refund.key}, {"order", refund.order}, {"refund", refund.refund}, {"merchant", refund.merchant}}}}
      .dump();
}

std::string FakeStripe::pay(const std::string& key, const std::string& body) {
  const auto fields = form_fields(body);
  const auto field = [&](const char* name) {
    const auto at = fields.find(name);
    return at == fields.end() ? std::string() : at->second;
  };
  const std::lock_guard lock(mutex_);
  auto [at, is_new] = by_key_.try_emplace(key);
  if (is_new) {
    at->second = {"re_" + std::to_string(by_key_.size()),
                  field("charge").empty() ? field("payment_intent") : field("charge"),
                  key,
                  field("metadata[order]"),
                  field("metadata[refund]"),
                  field("metadata[merchant]"),
                  std::stoll(field("amount"))};
    ++by_charge_[at->second.charge];
    changed_.notify_all();
  } else {
    ++repeats_;
  }
  return json_of(at->second);
}

std::string FakeStripe::answer(const std::string& method, const std::string& path, const std::string& key, const std::string& body,
                               int& status) {
  if (method == "POST" && path == "/v1/refunds" && !key.empty()) return pay(key, body);
  if (method == "GET" && path.starts_with("/v1/refunds?")) {
    const auto fields = form_fields(path.substr(path.find('?') + 1));
    std::string list;
    const std::lock_guard lock(mutex_);
    for (const auto& [unused, refund] : by_key_) {
      if (fields.contains("charge") && fields.at("charge") == refund.charge) list += (list.empty() ? "" : ",") + json_of(refund);
    }
    return "{\"object\":\"list\",\"has_more\":false,\"data\":[" + list + "]}";
  }
  status = 404;
  return R"({"error":{"type":"invalid_request_error","message":"no such thing"}})";
}

bool FakeStripe::wait_for(const std::string& charge, int count, int timeout_ms) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::milliseconds(timeout_ms), [&] {
    const auto at = by_charge_.find(charge);
    return at != by_charge_.end() && at->second >= count;
  });
}

std::int64_t FakeStripe::paid() const {
  const std::lock_guard lock(mutex_);
  std::int64_t sum = 0;
  for (const auto& [key, refund] : by_key_) sum += refund.amount;
  return sum;
}
std::int64_t FakeStripe::refunds() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::int64_t>(by_key_.size());
}

}  // namespace roundtrip::bench
