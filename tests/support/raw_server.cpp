// Sockets of the raw test peer.
#include "support/raw_server.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace roundtrip::test {
namespace {
std::size_t content_length(const std::string& head) {
  std::size_t length = 0;
  int seen = 0;
  std::size_t at = head.find("\r\n");
  while (at != std::string::npos && at + 2 < head.size()) {
    const std::size_t end = head.find("\r\n", at + 2);
    std::string line = head.substr(at + 2, end - at - 2);
    const auto colon = line.find(':');
    if (colon == std::string::npos || colon == 0) throw std::runtime_error("a header line without a name: " + line);
    for (char& c : line) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (line.starts_with("content-length:")) {
      length = std::stoul(line.substr(15));
      ++seen;
    }
    if (line.starts_with("transfer-encoding:")) throw std::runtime_error("a chunked request");
    at = end;
  }
  if (seen > 1) throw std::runtime_error("two Content-Length headers");
  return length;
}
}  // namespace

std::string RawConnection::read_request() {
  const auto fill = [&] {
    char chunk[4096];
    const ssize_t count = ::recv(fd_, chunk, sizeof chunk, 0);
    if (count <= 0) return false;
    buffer_.append(chunk, static_cast<std::size_t>(count));
    return true;
  };
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) {
      if (!buffer_.empty()) throw std::runtime_error("the request ended inside its head");
      return "";
    }
  }
  const std::size_t whole = end + 4 + content_length(buffer_.substr(0, end));
  while (buffer_.size() < whole) {
    if (!fill()) throw std::runtime_error("the request ended inside its body");
  }
  std::string request = buffer_.substr(0, whole);
  buffer_.erase(0, whole);
  return request;
}

std::optional<std::string> RawConnection::read_line() {
  constexpr std::size_t kLongest = 4096;
  std::size_t end = 0;
  while ((end = buffer_.find('\n')) == std::string::npos) {
    if (buffer_.size() > kLongest) throw std::runtime_error("an endless line");
    char chunk[4096];
    const ssize_t count = ::recv(fd_, chunk, sizeof chunk, 0);
    if (count <= 0) return std::nullopt;
    buffer_.append(chunk, static_cast<std::size_t>(count));
  }
  std::string line = buffer_.substr(0, end);
  buffer_.erase(0, end + 1);
  if (line.empty() || line.back() != '\r') throw std::runtime_error("a line that does not end with CRLF");
  line.pop_back();
  if (line.find('\r') != std::string::npos) throw std::runtime_error("a bare CR inside a line");
  return line;
}

void RawConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return;  // the peer has gone: what many tests provoke
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void RawConnection::answer(int status, std::string_view body, std::string_view more_headers) {
  send("HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + std::string(more_headers) +
       "\r\n" + std::string(body));
}

void RawConnection::reset() {
  const linger now{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::shutdown(fd_, SHUT_RD);
}

void RawConnection::wait_for_close() {
  char byte = 0;
  while (::recv(fd_, &byte, 1, 0) > 0) {
  }
}

RawServer::RawServer(Script script) : script_(std::move(script)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (listener_ < 0 || ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 128) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("the raw server cannot listen");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

RawServer::~RawServer() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  {
    const std::lock_guard lock(mutex_);
    for (const int fd : sockets_) {
      if (fd >= 0) ::shutdown(fd, SHUT_RDWR);
    }
  }
  for (auto& thread : threads_) thread.join();
}

std::string RawServer::url(std::string_view path) const { return "http://127.0.0.1:" + std::to_string(port_) + std::string(path); }

std::vector<std::string> RawServer::faults() const {
  const std::lock_guard lock(mutex_);
  return faults_;
}

void RawServer::accept_all() {
  for (;;) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    ++connections_;
    const std::lock_guard lock(mutex_);
    const std::size_t at = sockets_.size();
    sockets_.push_back(fd);
    threads_.emplace_back([this, fd, at] {
      RawConnection connection(fd);
      try {
        script_(connection);
      } catch (const std::exception& fault) {
        const std::lock_guard held(mutex_);
        faults_.push_back(fault.what());
      }
      const std::lock_guard held(mutex_);
      sockets_[at] = -1;
      ::close(fd);
    });
  }
}

}  // namespace roundtrip::test
