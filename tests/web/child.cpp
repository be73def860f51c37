// posix_spawn, and bytes carried both ways with poll.
#include "web/child.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace roundtrip::test {
namespace {
bool write_all(int to, const char* bytes, ssize_t count) {
  while (count > 0) {
    const ssize_t written = send(to, bytes, static_cast<std::size_t>(count), MSG_NOSIGNAL);
    if (written <= 0) return false;
    bytes += written;
    count -= written;
  }
  return true;
}

int connect_to(const std::string& path) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
  close(fd);
  return -1;
}
}  // namespace

Child::Child(std::vector<std::string> command, const std::vector<std::string>& environment, std::string log_path)
    : log_path_(std::move(log_path)) {
  std::vector<std::string> variables = environment;
  for (const char* name : {"PATH", "HOME", "ASAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) variables.push_back(std::string(name) + "=" + value);
  }
  std::vector<char*> words, settings;
  // A test that is killed takes its children with it.
  command.insert(command.begin(), {"setpriv", "--pdeathsig", "TERM", "--"});
  for (auto& word : command) words.push_back(word.data());
  for (auto& variable : variables) settings.push_back(variable.data());
  words.push_back(nullptr);
  settings.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, log_path_.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  const int failed = posix_spawnp(&pid_, words[0], &actions, nullptr, words.data(), settings.data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error("cannot start " + command.back());
}

Child::~Child() {
  kill(pid_, SIGTERM);
  waitpid(pid_, nullptr, 0);
}

std::string Child::log() const {
  std::ostringstream out;
  out << std::ifstream(log_path_).rdbuf();
  return out.str();
}

Relay::Relay(std::string socket_path) : socket_path_(std::move(socket_path)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || listen(listener_, 128) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("cannot listen on a loopback port");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

Relay::~Relay() {
  over_ = true;
  acceptor_.join();
  for (auto& carrier : carriers_) carrier.join();
  close(listener_);
}

void Relay::accept_all() {
  while (!over_) {
    pollfd waiting{listener_, POLLIN, 0};
    if (poll(&waiting, 1, 50) <= 0) continue;
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0) carriers_.emplace_back([this, client] { carry(client); });
  }
}

void Relay::carry(int client) const {
  const int server = cut_ ? -1 : connect_to(socket_path_);
  pollfd ends[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
  char bytes[65536];
  bool open = server >= 0;
  while (open && !over_) {
    if (poll(ends, 2, 50) <= 0) continue;
    for (int side = 0; side < 2 && open; ++side) {
      if ((ends[side].revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
      const ssize_t count = read(ends[side].fd, bytes, sizeof bytes);
      open = count > 0 && write_all(ends[1 - side].fd, bytes, count);
    }
  }
  if (server >= 0) close(server);
  close(client);
}

}  // namespace roundtrip::test
