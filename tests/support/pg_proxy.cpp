// Relaying PostgreSQL's protocol as bytes, and watching for COMMIT.
#include "support/pg_proxy.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <sstream>
#include <stdexcept>

namespace roundtrip::test {
namespace {
std::string word_of_url(const std::string& url, const std::string& name, const std::string& otherwise) {
  std::istringstream words(url);
  std::string found = otherwise;
  for (std::string word; words >> word;) {
    if (word.starts_with(name + "=")) found = word.substr(name.size() + 1);
  }
  return found;
}

bool send_all(int to, const std::string& bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const auto sent = send(to, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    at += static_cast<std::size_t>(sent);
  }
  return true;
}

std::string receive_some(int from) {
  char buffer[65536];
  const auto got = recv(from, buffer, sizeof buffer, 0);
  return got > 0 ? std::string(buffer, static_cast<std::size_t>(got)) : "";
}

bool readable(int socket, int wait_ms) {
  pollfd one{socket, POLLIN, 0};
  return poll(&one, 1, wait_ms) > 0;
}
}  // namespace

PgProxy::PgProxy(const std::string& url) : host_(word_of_url(url, "host", "127.0.0.1")), port_(word_of_url(url, "port", "5432")) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 16) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("the proxy cannot listen");
  // The last word of a name wins.
  url_ = url + " host=127.0.0.1 sslmode=disable port=" + std::to_string(ntohs(address.sin_port));
  thread_ = std::thread([this] { serve(); });
}

PgProxy::~PgProxy() {
  stop_ = true;
  thread_.join();
  for (auto& one : relays_) one.join();
  close(listener_);
}

int PgProxy::connect_upstream() const {
  if (host_.starts_with("/")) {
    const int made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = host_ + "/.s.PGSQL." + port_;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    if (connect(made, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) throw std::runtime_error("no database at " + path);
    return made;
  }
  const int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port_)));
  inet_pton(AF_INET, host_ == "localhost" ? "127.0.0.1" : host_.c_str(), &address.sin_addr);
  if (connect(made, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) throw std::runtime_error("no database at " + host_);
  return made;
}

void PgProxy::serve() {
  while (!stop_) {
    if (!readable(listener_, 50)) continue;
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0) relays_.emplace_back([this, client] { relay(client); });
  }
}

void PgProxy::relay(int client) {
  const int server = connect_upstream();
  bool open = true;
  while (open && !stop_) {
    pollfd both[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    if (poll(both, 2, 50) <= 0) continue;
    if (both[0].revents != 0) {
      const std::string bytes = receive_some(client);
      open = !bytes.empty();
      int plan = plan_;
      if (open && plan != 0 && bytes.find("COMMIT") != std::string::npos && plan_.compare_exchange_strong(plan, 0)) {
        if (plan == 1 && send_all(server, bytes)) {
          // The server has answered "COMMIT": it is durable. Nobody is told.
          for (std::string answer; answer.find("COMMIT") == std::string::npos && readable(server, 5000);) {
            const std::string more = receive_some(server);
            if (more.empty()) break;
            answer += more;
          }
        }
        ++lost_;
        break;
      }
      open = open && send_all(server, bytes);
    }
    if (open && both[1].revents != 0) {
      const std::string bytes = receive_some(server);
      open = !bytes.empty() && send_all(client, bytes);
    }
  }
  close(client);
  close(server);
}

}  // namespace roundtrip::test
