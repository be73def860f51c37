// The demo carrier's HTTP side: announcements, questions and sales, in its own language and in those of real carriers.
#include "demo/carrier_server.hpp"

#include <httplib.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/log.hpp"
#include "base/secrets.hpp"
#include "demo/carrier_faults.hpp"
#include "demo/carrier_tongues.hpp"
#include "demo/pickup_book.hpp"
#include "demo/push_book.hpp"
#include "demo/tongue_desk.hpp"
#include "demo/world_book.hpp"
#include "labels/fonts.hpp"

namespace roundtrip::demo {
namespace {
using Json = nlohmann::ordered_json;
constexpr std::size_t kMostNumbers = 50;
constexpr std::size_t kMostBody = 1 << 20;
constexpr std::int64_t kTrackerUs = 90 * kDay;
constexpr auto kPushPause = std::chrono::milliseconds(500);

// "2026-11-20T10:15:00+01:00": the wall clock of the place, with its offset.
std::string local_time(Instant at, int offset_minutes) {
  const Instant whole{at.us - ((at.us % kSecond) + kSecond) % kSecond};
  std::string text = format_rfc3339(whole + offset_minutes * kMinute);
  text.pop_back();  // Z
  char offset[8];
  const int minutes = std::abs(offset_minutes);
  std::snprintf(offset, sizeof offset, "%c%02d:%02d", offset_minutes < 0 ? '-' : '+', (minutes / 60) % 24, minutes % 60);
  return text + offset;
}

Json event_json(const WorldEvent& event) {
  Json json = {{"code", event.code}, {"text", event.text}, {"place", event.place}, {"at", local_time(event.at, event.offset_minutes)}};
  if (event.return_leg) json["return"] = true;
  return json;
}

Json parcel_json(const WorldParcel& parcel, Instant now, std::int64_t day_us) {
  const WorldReport report = report_of(parcel, now, day_us);
  Json json = {{"number", parcel.number}, {"reference", parcel.reference}};
  if (parcel.scenario == Scenario::odd_item) {
    json["events"] = "see our web page";
    return json;
  }
  if (report.headline) json["status"] = event_json(*report.headline);
  json["estimated_at"] = format_rfc3339(report.estimated_at);
  if (!report.signed_by.empty()) json["signed_by"] = report.signed_by;
  if (parcel.weight_g > 0) json["weight_g"] = parcel.weight_g;
  json["events"] = Json::array();
  for (const auto& event : report.events) json["events"].push_back(event_json(event));
  return json;
}

std::string word(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}
std::int64_t integer(const Json& object, const char* name, std::int64_t otherwise) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : otherwise;
}

std::vector<std::string> numbers_of(const std::string& text) {
  std::vector<std::string> numbers;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    if (comma > at) numbers.push_back(text.substr(at, comma - at));
    at = comma + 1;
  }
  return numbers;
}

void refuse(httplib::Response& response, int status, const std::string& code) {
  reply_json(response, status, {{"error", {{"code", code}}}});
}
TongueRequest tongue_request(const httplib::Request& request) {
  TongueRequest out{request.method, request.path, {}, {}, request.body};
  for (const auto& [name, value] : request.headers) {
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    out.headers.emplace_back(std::move(lower), value);
  }
  for (const auto& [name, value] : request.params) out.query.emplace_back(name, value);
  return out;
}

}  // namespace

struct CarrierServer::Impl {
  explicit Impl(CarrierServerOptions given)
      : options(std::move(given)),
        book(options.state_file),
        pushes(book, options.day_us),
        faults(options.fault_percent, options.slow_ms),
        desk(options.key, options.day_us, options.token_life_us) {
    set_up();
    const int bound = options.port == 0 ? server.bind_to_any_port(options.host.c_str())
                                        : (server.bind_to_port(options.host.c_str(), options.port) ? options.port : -1);
    if (bound <= 0)
      throw std::runtime_error("the demo carrier cannot listen on port " + std::to_string(options.port) +
                               ": choose another carriers.demo.port");
    options.port = bound;
    ::listen(listener, 1024);  // httplib asks for 5
    thread = std::thread([this] { server.listen_after_bind(); });
    while (!server.is_running()) std::this_thread::yield();  // stop() before that would be lost
  }

  ~Impl() {
    faults.stop();
    server.stop();
    thread.join();
  }

  void set_up() {
    server.new_task_queue = [] { return new httplib::ThreadPool(32); };
    server.set_keep_alive_max_count(1'000'000);
    server.set_keep_alive_timeout(2);
    server.set_tcp_nodelay(true);
    server.set_payload_max_length(kMostBody);
    server.set_socket_options([this](socket_t socket) {
      listener = socket;
      const int yes = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    server.set_exception_handler([](const httplib::Request&, httplib::Response& response, std::exception_ptr) {
      log::error("the demo carrier could not handle a request");
      refuse(response, 500, "internal");
    });
    server.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      const bool ours = equal_in_constant_time(request.get_header_value("Authorization"), "Bearer " + options.key);
      if (ours || tongue_of(tongue_request(request)) != nullptr) return httplib::Server::HandlerResponse::Unhandled;
      refuse(response, 401, "unauthorized");
      response.set_header("Connection", "close");
      return httplib::Server::HandlerResponse::Handled;
    });
    server.Post("/v1/parcels", [this](const httplib::Request& request, httplib::Response& response) { announce(request, response); });
    server.Post("/v1/pickups", [this](const httplib::Request& request, httplib::Response& response) { fetch(request, response); });
    server.Delete(R"(/v1/pickups/([A-Z0-9]+))", [this](const httplib::Request& request, httplib::Response& response) {
      const auto canceled = pickups.cancel(request.matches[1]);
      if (!canceled) return refuse(response, 404, "not_found");
      reply_json(response, 200, {{"id", canceled->id}, {"state", "canceled"}});
    });
    server.Get("/v1/track", [this](const httplib::Request& request, httplib::Response& response) { track(request, response); });
    const auto talk = [this](const httplib::Request& request, httplib::Response& response) { speak(request, response); };
    server.Get("/(?!v1/).*", talk);
    server.Post("/(?!v1/).*", talk);
    server.Put("/(?!v1/).*", talk);
    server.Delete("/(?!v1/).*", talk);
    server.Post("/v1/control", [this](const httplib::Request& request, httplib::Response& response) { control(request, response); });
  }

  void announce(const httplib::Request& request, httplib::Response& response) {
    const Json json = Json::parse(request.body, nullptr, false);
    if (!json.is_object() || word(json, "number").empty()) return refuse(response, 400, "malformed");
    const Json destination = json.value("destination", Json::object());
    if (!destination.is_object()) return refuse(response, 400, "malformed");
    WorldParcel parcel;
    parcel.number = word(json, "number");
    parcel.reference = word(json, "reference");
    parcel.back = word(json, "direction") == "return";
    parcel.country = word(destination, "country");
    parcel.city = word(destination, "city");
    parcel.weight_g = static_cast<int>(integer(json, "weight_g", 0));
    const auto wished = parse_scenario(word(json, "scenario"));
    parcel.scenario = wished.value_or(choose_scenario(parcel.number, parcel.reference, options.good_percent));
    parcel.announced_at = options.clock();
    const auto [standing, fresh] = book.announce(parcel);
    if (fresh) ++announcements;
    const auto report = report_of(standing, options.clock(), options.day_us);
    reply_json(response, fresh ? 201 : 200,
               {{"number", standing.number}, {"reference", standing.reference}, {"estimated_at", format_rfc3339(report.estimated_at)}});
  }

  // A parcel is fetched: strict about what is written, lost answers included.
  void fetch(const httplib::Request& request, httplib::Response& response) {
    const FaultMode mode = faults.of_call(++track_calls);
    if (mode != FaultMode::lost && faults.fail(mode, response)) return;
    const Json json = Json::parse(request.body, nullptr, false);
    const Json door = json.is_object() ? json.value("address", Json::object()) : Json();
    if (!door.is_object()) return refuse(response, 400, "malformed");
    const auto parcel = book.parcel(word(json, "number"));
    const PickupCall call{request.get_header_value("Idempotency-Key"),
                          request.body,
                          word(json, "day"),
                          {word(door, "name"), word(door, "line1"), word(door, "postal_code"), word(door, "city"), word(door, "country")}};
    const auto booked = pickups.book(call, parcel && parcel->back, options.clock());
    if (mode == FaultMode::lost) return (void)faults.fail(mode, response);
    if (!booked.fault.empty()) return refuse(response, booked.status, booked.fault);
    reply_json(response, booked.status,
               {{"id", booked.pickup.id}, {"confirmation", booked.pickup.confirmation}, {"day", booked.pickup.day}});
  }

  std::vector<Told> tell(const std::vector<std::string>& numbers) {
    const Instant at = options.clock();
    std::vector<Told> all;
    for (const auto& number : numbers) {
      Told& told = all.emplace_back(Told{number, book.parcel(number), {}});
      if (told.parcel) told.report = report_of(*told.parcel, at, options.day_us);
    }
    return all;
  }

  // A call in a real carrier's language.
  void speak(const httplib::Request& request, httplib::Response& response) {
    const TongueRequest call = tongue_request(request);
    const Tongue* tongue = tongue_of(call);
    if (tongue == nullptr) return refuse(response, 404, "not_found");
    if (call.path == tongue->token_path) {
      const auto given = desk.give_token(*tongue, call, options.clock());
      return reply_json(response, given.status, given.body);
    }
    ++track_calls;
    const auto admission = desk.admit(*tongue, call, options.clock());
    if (admission.entry == TongueDesk::Entry::unauthorized) return reply_json(response, 401, tongue->error(401));
    if (admission.entry == TongueDesk::Entry::too_many) {
      response.set_header("Retry-After", std::to_string(admission.retry_after_us / kSecond + 1));
      return reply_json(response, 429, tongue->error(429));
    }
    const FaultMode mode = faults.of_call(track_calls);
    if (tongue->serve != nullptr) return serve(*tongue, call, mode, response);
    if (faults.fail(mode, response, tongue->error)) return;
    const auto numbers = tongue->numbers(call);
    if (!numbers) return reply_json(response, 400, tongue->error(400));
    const auto all = tell(*numbers);
    for (const Told& told : all) {
      if (told.parcel && told.parcel->scenario == Scenario::error) return (void)faults.fail(FaultMode::error, response, tongue->error);
      if (told.parcel && told.parcel->scenario == Scenario::garbage) return (void)faults.fail(FaultMode::garbage, response);
    }
    // EasyPost tells of every tracker that somebody made.
    if (tongue->name == "easypost" && call.method == "POST")
      pushes.subscribe("easypost", numbers->front(), {}, options.clock() + kTrackerUs, options.clock());
    const auto said = tongue->tell(all);
    reply_json(response, said.status, said.body);
  }

  // A call that buys, voids or manifests.
  void serve(const Tongue& tongue, const TongueRequest& call, FaultMode mode, httplib::Response& response) {
    if (mode != FaultMode::lost && faults.fail(mode, response, tongue.error)) return;
    const auto done = tongue.serve(
        call, Counter{book, desk, options.clock(), options.day_us, options.good_percent, url(), options.key, &pushes, &pickups});
    if (mode == FaultMode::lost) return (void)faults.fail(mode, response);
    if (done.content_type.empty()) return reply_json(response, done.status, done.body);
    response.status = done.status;
    response.set_content(done.bytes, done.content_type);
  }

  std::string url() const { return "http://" + options.host + ":" + std::to_string(options.port); }

  void track(const httplib::Request& request, httplib::Response& response) {
    if (faults.fail(faults.of_call(++track_calls), response)) return;
    const auto numbers = numbers_of(request.get_param_value("numbers"));
    if (numbers.empty() || numbers.size() > kMostNumbers) return refuse(response, 400, "numbers");
    const Instant at = options.clock();
    Json body = {{"parcels", Json::array()}};
    for (const auto& number : numbers) {
      const auto parcel = book.parcel(number);
      if (parcel && parcel->scenario == Scenario::error) return (void)faults.fail(FaultMode::error, response);
      if (parcel && parcel->scenario == Scenario::garbage) return (void)faults.fail(FaultMode::garbage, response);
      body["parcels"].push_back(parcel && !parcel->voided_at ? parcel_json(*parcel, at, options.day_us)
                                                             : Json{{"number", number}, {"error", {{"code", "not_found"}}}});
    }
    reply_json(response, 200, body);
  }

  void control(const httplib::Request& request, httplib::Response& response) {
    const Json json = Json::parse(request.body, nullptr, false);
    if (!json.is_object()) return refuse(response, 400, "malformed");
    if (word(json, "tokens") == "expire") {
      desk.expire_tokens();
      return reply_json(response, 200, {{"tokens", "expired"}});
    }
    if (const auto tongue = word(json, "push"); !tongue.empty()) {
      pushes.set_up(tongue, {word(json, "url"), word(json, "secret")});
      return reply_json(response, 200, {{"push", tongue}, {"url", word(json, "url")}});
    }
    if (const auto wished = domain::value_of(kFaultModes, word(json, "mode"))) {
      const int calls = static_cast<int>(integer(json, "calls", 1));
      faults.wish(*wished, calls, static_cast<int>(integer(json, "retry_after_s", 1)));
      return reply_json(response, 200, {{"mode", word(json, "mode")}, {"calls", calls}});
    }
    if (!book.parcel(word(json, "number"))) return refuse(response, 404, "not_found");
    const auto wished = parse_scenario(word(json, "scenario"));
    if (!wished) return refuse(response, 422, "scenario");
    const auto parcel = book.force(word(json, "number"), *wished);
    reply_json(response, 200, {{"number", parcel->number}, {"scenario", to_text(parcel->scenario)}});
  }

  CarrierServerOptions options;
  WorldBook book;
  PickupBook pickups;
  PushBook pushes;
  CarrierFaults faults;
  TongueDesk desk;
  httplib::Server server;
  socket_t listener = INVALID_SOCKET;
  std::thread thread;
  std::atomic<int> track_calls{0};
  std::atomic<int> announcements{0};
};

CarrierServer::CarrierServer(CarrierServerOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
CarrierServer::~CarrierServer() = default;
int CarrierServer::port() const { return impl_->options.port; }
std::string CarrierServer::url() const { return impl_->url(); }
int CarrierServer::track_calls() const { return impl_->track_calls; }
int CarrierServer::announcements() const { return impl_->announcements; }
int CarrierServer::pickups_standing() const { return static_cast<int>(impl_->pickups.standing()); }
int CarrierServer::labels_sold() const { return static_cast<int>(impl_->book.labels_sold()); }
int CarrierServer::push() { return impl_->pushes.push(impl_->options.clock()); }

int run_demo_carrier(const Config& config, const std::string& state_file) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before any thread, so that only sigwait sees them
  if (const auto& assets = config.text("assets.dir"); !assets.empty()) labels::set_fonts_folder(assets + "/fonts");
  CarrierServerOptions options;
  options.port = static_cast<int>(config.integer("carriers.demo.port"));
  options.key = config.text("carriers.demo.key");
  options.state_file = state_file;
  options.day_us = config.integer("carriers.demo.day_s") * kSecond;
  options.good_percent = static_cast<int>(config.integer("carriers.demo.good_percent"));
  options.fault_percent = static_cast<int>(config.integer("carriers.demo.fault_percent"));
  try {
    CarrierServer server(options);
    std::mutex mutex;
    std::condition_variable_any stopped;
    const std::jthread pusher([&](std::stop_token stop) {
      std::unique_lock lock(mutex);
      while (!stop.stop_requested()) {
        (void)server.push();
        (void)stopped.wait_for(lock, stop, kPushPause, [] { return false; });
      }
    });
    log::info("demo carrier is ready", {{"url", server.url()}, {"day_s", std::to_string(options.day_us / kSecond)}});
    int signal = 0;
    sigwait(&signals, &signal);
    log::info("demo carrier stops");
    return 0;
  } catch (const std::exception& fault) {
    log::error("demo carrier cannot start", {{"why", fault.what()}});
    return 1;
  }
}

}  // namespace roundtrip::demo
