// serve, work, demo, demo-carrier: the long-running commands and what they are made of.
#include <csignal>
#include <filesystem>
#include <iostream>

#include "base/log.hpp"
#include "clients/curl_transport.hpp"
#include "demo/carrier_server.hpp"
#include "demo/seed.hpp"
#include "http/api.hpp"
#include "http/auth.hpp"
#include "http/server.hpp"
#include "labels/fonts.hpp"
#include "main_commands.hpp"
#include "main_workers.hpp"
#include "usecases/access.hpp"
#include "web/web.hpp"

namespace roundtrip {
namespace {

// Blocks the signals that end the program in every thread; wait() takes the first of them.
class EndSignal {
 public:
  EndSignal() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }
  void wait() {
    int which = 0;
    sigwait(&set_, &which);
    log::info("stopping", {{"signal", std::to_string(which)}});
  }

 private:
  sigset_t set_;
};

usecases::Links make_links(const Config& config, store::Database& database) {
  return {usecases::installation_link_secret(database), config.text("http.public_url"),
          static_cast<int>(config.integer("links.valid_days"))};
}

// Two listeners over one set of services.
struct Service {
  Service(const Config& config, store::Database& database)
      : links(make_links(config, database)),
        services{database, config, links},
        front(router, services, http::make_authenticate(services)),
        operations_front(operations_router, services, [](const http::Request&) { return http::Caller{}; }),
        main(options_of(config), [this](http::Request& request) { return web::for_people(services, request, front.answer(request)); }) {
    http::add_api_routes(router, services);
    web::add_web_routes(router, services);
    http::add_operations_routes(operations_router, services);
    http::add_metrics_route(operations_router, services);
    if (config.integer("http.operations_port") > 0) {
      operations = std::make_unique<http::Server>(http::ServerOptions{.socket_path = "",
                                                                      .host = config.text("http.operations_host"),
                                                                      .port = static_cast<int>(config.integer("http.operations_port")),
                                                                      .threads = 2},
                                                  [this](http::Request& request) { return operations_front.answer(request); });
    }
  }
  static http::ServerOptions options_of(const Config& config) {
    return {.socket_path = config.text("http.socket"),
            .host = "127.0.0.1",
            .port = 0,
            .threads = static_cast<int>(config.integer("http.threads")),
            .body = {static_cast<std::size_t>(config.integer("http.max_body_bytes")),
                     static_cast<std::size_t>(config.integer("http.max_upload_bytes"))}};
  }
  void start() {
    main.start();
    if (operations) operations->start();
  }
  void stop() {
    main.stop();
    if (operations) operations->stop();
  }

  usecases::Links links;
  http::Services services;
  http::Router router, operations_router;
  http::Front front, operations_front;
  http::Server main;
  std::unique_ptr<http::Server> operations;
};

void run_service(const Program& program, bool listen, bool work) {
  EndSignal end;  // before any thread starts
  const Config config = program.load_config();
  if (const auto& assets = config.text("assets.dir"); !assets.empty()) labels::set_fonts_folder(assets + "/fonts");
  load_described_carriers(config);
  const auto database = open_migrated_database(config);
  std::unique_ptr<Service> service;
  if (listen) {
    service = std::make_unique<Service>(config, *database);
    service->start();
    log::info("listening",
              {{"socket", config.text("http.socket")}, {"operations_port", std::to_string(config.integer("http.operations_port"))}});
  }
  std::unique_ptr<WorkRoom> workers;
  if (work) {
    workers = std::make_unique<WorkRoom>(config, *database);
    workers->start();
    log::info("working");
  }
  end.wait();
  if (service) service->stop();
  if (workers) workers->stop();
}

}  // namespace

void add_serve_commands(CLI::App& app, Program& program) {
  auto* serve = app.add_subcommand("serve", "answer HTTP requests on http.socket, and do the work that follows them");
  auto without = std::make_shared<bool>(false);
  serve->add_flag("--no-workers", *without, "only answer; `roundtrip work` does the rest in another process");
  serve->callback([&program, without] { run_service(program, true, !*without); });
  app.add_subcommand("work", "mails, refunds, tracking, housekeeping; without a listener")->callback([&program] {
    run_service(program, false, true);
  });
  auto* demo = app.add_subcommand("demo", "make the demo merchant with orders in every state (once), and print its links");
  auto json = std::make_shared<bool>(false);
  auto env_file = std::make_shared<std::string>();
  demo->add_flag("--json", *json, "print as JSON");
  demo->add_option("--env-file", *env_file, "make an API key and write ROUNDTRIP_URL and ROUNDTRIP_KEY there, mode 0600");
  auto fresh = std::make_shared<bool>(false);
  demo->add_flag("--fresh", *fresh, "orders as they came in; the floor has not worked on any");
  demo->callback([&program, json, env_file, fresh] {
    const Config config = program.load_config();
    const auto database = open_migrated_database(config);
    std::cout << demo::make_demo(*database, config, make_links(config, *database), *env_file, *json, *fresh);
  });
  auto* carrier = app.add_subcommand("demo-carrier",
                                     "a carrier of its own over HTTP on carriers.demo.port, with parcels that move, fail and come back");
  auto state = std::make_shared<std::string>();
  carrier->add_option("--state-file", *state, "where its parcels outlive a restart; without it they are kept in memory");
  carrier->callback([&program, state] { program.exit_code = demo::run_demo_carrier(program.load_config(), *state); });
}

}  // namespace roundtrip
