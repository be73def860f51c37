// libcurl easy handles in a pool.
#include "clients/curl_transport.hpp"

#include <algorithm>
#include <mutex>
#include <vector>

#include "clients/curl_request.hpp"

namespace roundtrip::clients {

struct CurlTransport::Pool {
  explicit Pool(std::size_t most) : most_idle(most) {}
  ~Pool() {
    for (CURL* handle : idle) curl_easy_cleanup(handle);
  }
  CURL* lease() {
    {
      const std::lock_guard lock(mutex);
      if (!idle.empty()) {
        CURL* handle = idle.back();
        idle.pop_back();
        return handle;
      }
    }
    CURL* handle = curl_easy_init();
    if (handle == nullptr) throw std::bad_alloc();
    return handle;
  }
  void give_back(CURL* handle) {
    curl_easy_reset(handle);  // keeps its connections
    {
      const std::lock_guard lock(mutex);
      if (idle.size() < most_idle) {
        idle.push_back(handle);
        return;
      }
    }
    curl_easy_cleanup(handle);
  }

  const std::size_t most_idle;
  std::mutex mutex;
  std::vector<CURL*> idle;
};

CurlTransport::CurlTransport(CurlOptions options) : options_(std::move(options)) {
  initialize_curl();
  pool_ = std::make_unique<Pool>(static_cast<std::size_t>(std::max(0, options_.idle_handles)));
}
CurlTransport::~CurlTransport() = default;

HttpOutcome CurlTransport::send(const HttpRequest& request) {
  Transfer transfer;
  transfer.request = request;
  const auto back = [this](CURL* handle) { pool_->give_back(handle); };
  const std::unique_ptr<CURL, decltype(back)> lease(pool_->lease(), back);
  if (!prepare(lease.get(), options_, transfer)) return forged_outcome();
  return outcome_of(lease.get(), curl_easy_perform(lease.get()), transfer);
}

}  // namespace roundtrip::clients
