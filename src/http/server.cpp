// cpp-httplib between the socket and Front. Its measured traps are handled here: a backlog of five,
// keep-alive that pins threads, bodies that are not drained, headers that shadow the peer's address.
#include "http/server.hpp"

#include <httplib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "base/log.hpp"
#include "http/guard.hpp"
#include "http/reply.hpp"

namespace roundtrip::http {
namespace {
constexpr int kBacklog = 1024;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// httplib would take a multipart body apart itself, without our limits, and keep nothing of it. It decides by the Content-Type, so that is
// put out of its sight until the body is read; to_request() brings it back.
constexpr std::string_view kVeil = "raw ";
void keep_body_raw(const httplib::Request& raw) {
  auto& fields = const_cast<httplib::Request&>(raw).headers;  // httplib's own request is not const, only the handler's view of it
  for (auto& [name, value] : fields) {
    if (lower(name) == "content-type" && lower(value).starts_with("multipart/")) value = std::string(kVeil) + value;
  }
}

Headers lower_headers(const httplib::Request& raw) {
  Headers headers;
  for (const auto& [name, value] : raw.headers) {
    // httplib adds these itself; a client's own of the same name must not be believed.
    if (name == "REMOTE_ADDR" || name == "REMOTE_PORT" || name == "LOCAL_ADDR" || name == "LOCAL_PORT") continue;
    headers.emplace_back(lower(name), value);
    if (headers.back().first == "content-type" && value.starts_with(kVeil)) headers.back().second.erase(0, kVeil.size());
  }
  return headers;
}

void send(const Reply& reply, httplib::Response& response) {
  response.status = reply.status;
  for (const auto& [name, value] : reply.headers) response.set_header(name, value);
  response.set_content(reply.body, reply.content_type);
}

Request to_request(const httplib::Request& raw) {
  Request request;
  request.method = raw.method;
  const auto question = raw.target.find('?');
  request.path = raw.target.substr(0, question);
  if (question != std::string::npos) request.query = parse_pairs(std::string_view(raw.target).substr(question + 1));
  request.headers = lower_headers(raw);
  request.body = raw.body;
  // nginx overwrites this header; on a bare socket there is no peer address worth more.
  request.client_address = std::string(request.header("x-real-ip").value_or(raw.remote_addr));
  return request;
}
}  // namespace

struct Server::Impl {
  ServerOptions options;
  std::function<Reply(Request&)> answer;
  httplib::Server server;
  std::thread thread;
  socket_t listener = -1;
  int port = 0;

  void handle(const httplib::Request& raw, httplib::Response& response) {
    Request request = to_request(raw);
    send(answer(request), response);
  }

  void configure() {
    server.set_keep_alive_max_count(1);
    server.set_read_timeout(10);
    server.set_write_timeout(10);
    server.set_payload_max_length(std::max(options.body.max_bytes, options.body.max_upload_bytes));
    server.set_tcp_nodelay(options.socket_path.empty());
    server.new_task_queue = [threads = options.threads] { return new httplib::ThreadPool(static_cast<std::size_t>(threads)); };
    server.set_socket_options([this](socket_t socket) {
      listener = socket;
      const int yes = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    server.set_pre_routing_handler([this](const httplib::Request& raw, httplib::Response& response) {
      const Head head{raw.method, raw.target, lower_headers(raw)};
      if (const auto refused = refuse_head(head, options.body)) {
        send(*refused, response);
        return httplib::Server::HandlerResponse::Handled;
      }
      if (raw.method != "POST" && raw.method != "PUT" && raw.method != "PATCH") {
        handle(raw, response);
        return httplib::Server::HandlerResponse::Handled;
      }
      keep_body_raw(raw);
      return httplib::Server::HandlerResponse::Unhandled;
    });
    const auto with_body = [this](const httplib::Request& raw, httplib::Response& response) { handle(raw, response); };
    server.Post(R"([\s\S]*)", with_body);
    server.Put(R"([\s\S]*)", with_body);
    server.Patch(R"([\s\S]*)", with_body);
    server.set_exception_handler([](const httplib::Request&, httplib::Response& response, std::exception_ptr) {
      send(problem_status_reply(500, {ErrorKind::unavailable, "internal_error", "Something went wrong on our side; try again."}), response);
    });
    server.set_error_handler([](const httplib::Request&, httplib::Response& response) {
      if (response.body.empty())
        send(problem_status_reply(response.status, {ErrorKind::malformed, "malformed_request", "The request could not be read."}),
             response);
    });
  }

  void bind() {
    if (!options.socket_path.empty()) {
      if (options.socket_path.size() > 107) throw std::runtime_error("http.socket is longer than 107 bytes: " + options.socket_path);
      ::unlink(options.socket_path.c_str());
      server.set_address_family(AF_UNIX);
      if (!server.bind_to_port(options.socket_path, 80)) throw std::runtime_error("cannot listen on " + options.socket_path);
      ::chmod(options.socket_path.c_str(), 0666);  // its folder decides who gets there
    } else if (options.port == 0) {
      port = server.bind_to_any_port(options.host);
      if (port < 0) throw std::runtime_error("cannot listen on " + options.host);
    } else {
      port = options.port;
      if (!server.bind_to_port(options.host, port)) {
        throw std::runtime_error("cannot listen on " + options.host + ":" + std::to_string(port) + "; another program has the port");
      }
    }
    ::listen(listener, kBacklog);
  }
};

Server::Server(ServerOptions options, std::function<Reply(Request&)> answer) : impl_(std::make_unique<Impl>()) {
  impl_->options = std::move(options);
  impl_->answer = std::move(answer);
  impl_->configure();
}

Server::~Server() { stop(); }

void Server::start() {
  impl_->bind();
  impl_->thread = std::thread([this] { impl_->server.listen_after_bind(); });
  while (!impl_->server.is_running()) std::this_thread::yield();
}

void Server::stop() {
  if (!impl_->thread.joinable()) return;
  impl_->server.stop();
  impl_->thread.join();
  if (!impl_->options.socket_path.empty()) ::unlink(impl_->options.socket_path.c_str());
}

int Server::port() const { return impl_->port; }

}  // namespace roundtrip::http
