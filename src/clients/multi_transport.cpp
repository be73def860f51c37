// libcurl's multi interface and the thread that drives it.
#include "clients/multi_transport.hpp"

#include <algorithm>
#include <deque>
#include <future>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "clients/curl_request.hpp"

namespace roundtrip::clients {
namespace {
constexpr int kLongestWaitMs = 1'000;

struct Call {
  Transfer transfer;
  Transport::Answered answered;
};
HttpOutcome given_up() { return {std::nullopt, {TransportFailure::Kind::other, true, "given up: the program ends"}}; }
}  // namespace

struct MultiTransport::Driver {
  Driver(CurlOptions given, int most) : options(std::move(given)), most_under_way(static_cast<std::size_t>(std::max(1, most))) {
    initialize_curl();
    multi = curl_multi_init();
    if (multi == nullptr) throw std::bad_alloc();
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(std::max(0, options.idle_handles)));
    thread = std::jthread([this](std::stop_token stop) { run(stop); });
  }

  ~Driver() {
    thread.request_stop();
    curl_multi_wakeup(multi);
    thread.join();
    for (auto& [handle, call] : under_way) {
      curl_multi_remove_handle(multi, handle);
      curl_easy_cleanup(handle);
      call->answered(given_up());
    }
    for (auto& call : waiting) call->answered(given_up());
    for (CURL* handle : idle) curl_easy_cleanup(handle);
    curl_multi_cleanup(multi);
  }

  void add(std::unique_ptr<Call> call) {
    {
      const std::lock_guard lock(mutex);
      waiting.push_back(std::move(call));
    }
    curl_multi_wakeup(multi);
  }

  void run(std::stop_token stop) {
    while (!stop.stop_requested()) {
      send_waiting();
      int running = 0;
      curl_multi_perform(multi, &running);
      if (take_answers()) continue;  // there is room for others now
      curl_multi_poll(multi, nullptr, 0, kLongestWaitMs, nullptr);
    }
  }

  void send_waiting() {
    while (under_way.size() < most_under_way) {
      std::unique_ptr<Call> call;
      {
        const std::lock_guard lock(mutex);
        if (waiting.empty()) return;
        call = std::move(waiting.front());
        waiting.pop_front();
      }
      CURL* handle = fresh_handle();
      if (handle == nullptr || !prepare(handle, options, call->transfer)) {
        if (handle != nullptr) keep(handle);
        call->answered(forged_outcome());
        continue;
      }
      curl_multi_add_handle(multi, handle);
      under_way.emplace(handle, std::move(call));
    }
  }

  // True when a transfer has ended.
  bool take_answers() {
    bool any = false;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* handle = message->easy_handle;
      const CURLcode code = message->data.result;
      const auto found = under_way.find(handle);
      const auto call = std::move(found->second);
      under_way.erase(found);
      HttpOutcome outcome = outcome_of(handle, code, call->transfer);
      curl_multi_remove_handle(multi, handle);
      keep(handle);
      call->answered(std::move(outcome));
      any = true;
    }
    return any;
  }

  CURL* fresh_handle() {
    if (idle.empty()) return curl_easy_init();
    CURL* handle = idle.back();
    idle.pop_back();
    return handle;
  }
  void keep(CURL* handle) {
    curl_easy_reset(handle);
    idle.push_back(handle);
  }

  const CurlOptions options;
  const std::size_t most_under_way;
  CURLM* multi = nullptr;
  std::mutex mutex;
  std::deque<std::unique_ptr<Call>> waiting;                   // the mutex is for these
  std::unordered_map<CURL*, std::unique_ptr<Call>> under_way;  // the thread's own
  std::vector<CURL*> idle;                                     // never more than were under way at once
  std::jthread thread;
};

MultiTransport::MultiTransport(CurlOptions options, int most_under_way)
    : driver_(std::make_unique<Driver>(std::move(options), most_under_way)) {}
MultiTransport::~MultiTransport() = default;

void MultiTransport::start(HttpRequest request, Answered answered) {
  auto call = std::make_unique<Call>();
  call->transfer.request = std::move(request);
  call->answered = std::move(answered);
  driver_->add(std::move(call));
}

HttpOutcome MultiTransport::send(const HttpRequest& request) {
  std::promise<HttpOutcome> answer;
  start(request, [&answer](HttpOutcome outcome) { answer.set_value(std::move(outcome)); });
  return answer.get_future().get();
}

}  // namespace roundtrip::clients
