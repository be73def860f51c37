// Sockets of the test client.
#include "support/http_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace roundtrip::test {
namespace {
RawAnswer parse_answer(const std::string& text) {
  RawAnswer answer;
  const auto end = text.find("\r\n\r\n");
  if (end == std::string::npos || !text.starts_with("HTTP/1.1 ")) {
    if (!text.empty()) throw std::runtime_error("not an HTTP answer: " + text.substr(0, 200));
    return answer;
  }
  answer.status = std::stoi(text.substr(9, 3));
  answer.body = text.substr(end + 4);
  for (auto at = text.find("\r\n") + 2; at < end;) {
    const auto line_end = std::min(text.find("\r\n", at), end);
    const std::string line = text.substr(at, line_end - at);
    const auto colon = line.find(':');
    std::string name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    answer.headers.emplace_back(name, colon == std::string::npos ? "" : line.substr(std::min(line.size(), colon + 2)));
    at = line_end + 2;
  }
  return answer;
}
}  // namespace

std::string RawAnswer::header(std::string_view lower_name) const {
  for (const auto& [name, value] : headers) {
    if (name == lower_name) return value;
  }
  return "";
}

RawClient::RawClient(int port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval patience{15, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const std::string why = std::strerror(errno);
    ::close(fd_);
    throw std::runtime_error("cannot connect to port " + std::to_string(port) + ": " + why);
  }
}

RawClient::~RawClient() { ::close(fd_); }

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

RawAnswer RawClient::read_answer() {
  std::string text;
  char buffer[65536];
  for (;;) {
    const auto got = ::recv(fd_, buffer, sizeof buffer, 0);
    if (got < 0 && errno == EINTR) continue;  // a child of this process ended
    if (got < 0 && errno == EAGAIN) throw std::runtime_error("no answer within 15 s");
    if (got <= 0) break;
    text.append(buffer, static_cast<std::size_t>(got));
  }
  return parse_answer(text);
}

RawAnswer exchange(int port, std::string_view bytes) {
  RawClient client(port);
  client.send(bytes);
  return client.read_answer();
}

std::string request_text(std::string_view method, std::string_view target, std::string_view body, const Headers& headers) {
  std::string text = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
  for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
  if (method == "POST" || method == "PUT" || method == "PATCH") text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + std::string(body);
}

}  // namespace roundtrip::test
