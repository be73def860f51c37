// Starting, watching and killing the program.
#include "service.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <stdexcept>
#include <vector>

#include "support/places.hpp"
#include "usecases/access.hpp"

namespace roundtrip::test {

int free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (::bind(socket, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    throw std::runtime_error("no port is free");
  }
  ::close(socket);
  return ntohs(address.sin_port);
}

Service::Service(std::map<std::string, std::string> settings) : settings_(std::move(settings)) {
  merchant_ = database_.merchant();
  static int counter = 0;
  folder_ = std::filesystem::temp_directory_path() / ("rt-" + std::to_string(::getpid()) + "-" + std::to_string(++counter));
  std::filesystem::create_directories(folder_);
  carrier_port_ = free_port();
  settings_["DATABASE__URL"] = database_.url();
  settings_["HTTP__SOCKET"] = (folder_ / "s").string();
  settings_["HTTP__OPERATIONS_PORT"] = "0";
  settings_["CARRIERS__ALLOW_PRIVATE_ADDRESSES"] = "true";
  settings_["GATEWAYS__ALLOW_PRIVATE_ADDRESSES"] = "true";
  settings_["CARRIERS__DEMO__BASE_URL"] = "http://127.0.0.1:" + std::to_string(carrier_port_);
  settings_["CARRIERS__DEMO__PORT"] = std::to_string(carrier_port_);
  settings_["MAIL__OUTBOX_DIR"] = (folder_ / "outbox").string();
  settings_["LOG__LEVEL"] = "warn";
  settings_["REFUNDS__GRACE_SECONDS"] = "0";
  const usecases::Context context{database_.db(), merchant_, {"api", "test"}, now()};
  const std::vector<std::string> scopes(std::begin(usecases::kScopes), std::end(usecases::kScopes));
  const auto key = usecases::create_key(context, "test", scopes, std::nullopt);
  if (!key) throw std::runtime_error(key.error().message);
  key_ = key->key;
  start_carrier();
}

Service::~Service() {
  for (const pid_t child : {serve_, carrier_}) {
    if (child <= 0) continue;
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

bench::Target Service::target() const {
  bench::Target target;
  target.socket = (folder_ / "s").string();
  target.key = key_;
  return target;
}

pid_t Service::spawn(const std::vector<std::string>& arguments, const std::string& log) {
  const std::string log_path = (folder_ / log).string();
  const pid_t child = ::fork();
  if (child != 0) return child;
  for (const auto& [name, value] : settings_) ::setenv(("ROUNDTRIP_" + name).c_str(), value.c_str(), 1);
  const int out = ::open(log_path.c_str(), O_CREAT | O_APPEND | O_WRONLY, 0600);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  std::vector<char*> argv{const_cast<char*>(ROUNDTRIP_BINARY)};
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  ::execv(ROUNDTRIP_BINARY, argv.data());
  ::_exit(127);
}

void Service::start_carrier() { carrier_ = spawn({"demo-carrier", "--state-file", (folder_ / "carrier.json").string()}, "carrier.log"); }

void Service::start() {
  serve_ = spawn({"serve"}, "serve.log");
  const bool ready = wait_until(30, [this] {
    try {
      return bench::Client(target()).get("/readyz").status == 200;
    } catch (const std::exception&) {
      return false;
    }
  });
  if (!ready) throw std::runtime_error("serve did not become ready; see " + (folder_ / "serve.log").string());
}

void Service::kill_minus_9() {
  ::kill(serve_, SIGKILL);
  ::waitpid(serve_, nullptr, 0);
  serve_ = -1;
}

}  // namespace roundtrip::test
