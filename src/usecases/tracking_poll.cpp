// The polling pass: claim, group, ask, halve what fails, record.
#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "base/log.hpp"
#include "store/tracking.hpp"
#include "usecases/tracking.hpp"
#include "usecases/tracking_carriers.hpp"
#include "usecases/tracking_record.hpp"

namespace roundtrip::usecases {
namespace {
using carriers::Trouble;
using Trackers = std::vector<store::TrackerRow>;

constexpr int kHalvingCalls = 24;  // calls more than one that a spoiled batch may cost
constexpr std::int64_t kLeastCallUs = 50'000;

// Trackers of one carrier account, asked for in one call.
struct Chunk {
  const carriers::Carrier* carrier = nullptr;
  const carriers::CarrierAccount* account = nullptr;
  Trackers trackers;
};

// Shared by the threads of one pass.
struct Pass {
  store::Database& db;
  const CarrierRoom& room;
  const PollOptions& options;
  Instant now;
  std::stop_token stop;
  std::int64_t began_us = steady_us();
  std::mutex mutex;
  // An account that said 429, refused our key or cannot be reached is left alone for the rest of the pass.
  std::map<std::string, TrackingCheck> halted;
  PollReport report;
  std::exception_ptr fault;

  std::int64_t left_us() const { return options.lease_us / 2 - (steady_us() - began_us); }
  Instant at() const { return now + (steady_us() - began_us); }
};

// Whether the last failure may have been this tracker's own doing.
bool is_suspect(const store::TrackerRow& tracker) {
  return tracker.failures > 0 && (tracker.last_error.starts_with("bad_reply") || tracker.last_error.starts_with("service"));
}

// Full calls of trackers that never failed; suspects among themselves.
std::vector<Chunk> chunks_of(const CarrierRoom& room, Trackers trackers, Trackers& without_account) {
  std::map<std::pair<std::string, bool>, Trackers> groups;
  for (auto& tracker : trackers) groups[{tracker.carrier, is_suspect(tracker)}].push_back(std::move(tracker));
  std::vector<Chunk> chunks;
  for (auto& [key, group] : groups) {
    const auto* carrier = carriers::find_carrier(key.first);
    const auto account = room.accounts.find(key.first);
    if (carrier == nullptr || account == room.accounts.end()) {
      without_account.insert(without_account.end(), group.begin(), group.end());
      continue;
    }
    const auto size = static_cast<std::size_t>(std::max(1, carrier->capabilities().numbers_per_call));
    for (std::size_t at = 0; at < group.size(); at += size) {
      const auto end = std::min(group.size(), at + size);
      chunks.push_back({carrier, &account->second,
                        Trackers(group.begin() + static_cast<std::ptrdiff_t>(at), group.begin() + static_cast<std::ptrdiff_t>(end))});
    }
  }
  return chunks;
}

std::vector<carriers::TrackQuery> queries_of(const Trackers& trackers) {
  std::vector<carriers::TrackQuery> queries;
  for (const auto& tracker : trackers) {
    auto& query = queries.emplace_back();
    query.number = tracker.number;
    query.reference = reference_of(tracker);
    query.shipped_at = tracker.created_at;
  }
  return queries;
}

TrackingCheck failed_check(const store::TrackerRow& tracker, Trouble trouble, const std::string& detail, std::int64_t retry_after_us) {
  TrackingCheck check;
  check.tracker = tracker;
  check.said.number = tracker.number;
  check.said.trouble = trouble;
  check.said.detail = detail;
  check.retry_after_us = retry_after_us;
  return check;
}

// One chunk's way through the pass.
class Asking {
 public:
  Asking(Pass& pass, const Chunk& chunk) : pass_(pass), chunk_(chunk) {}

  void run() {
    ask(chunk_.trackers);
    const int changed = record_checks(pass_.db, checks_, plan_of(*chunk_.account, pass_.options), pass_.at());
    if (!unasked_.empty()) store::release_trackers(pass_.db, unasked_);
    const std::lock_guard lock(pass_.mutex);
    pass_.report.calls += calls_;
    pass_.report.changed += changed;
    pass_.report.released += static_cast<int>(unasked_.size());
    for (const auto& check : checks_) (check.said.trouble == Trouble::none ? pass_.report.answered : pass_.report.failed) += 1;
  }

 private:
  void fail(const Trackers& trackers, Trouble trouble, const std::string& detail, std::int64_t retry_after_us) {
    for (const auto& tracker : trackers) checks_.push_back(failed_check(tracker, trouble, detail, retry_after_us));
  }

  bool is_halted(const Trackers& trackers) {
    std::unique_lock lock(pass_.mutex);
    const auto found = pass_.halted.find(chunk_.account->carrier);
    if (found == pass_.halted.end()) return false;
    const auto halt = found->second;
    lock.unlock();
    fail(trackers, halt.said.trouble, halt.said.detail, halt.retry_after_us);
    return true;
  }

  void halt(Trouble trouble, const std::string& detail, std::int64_t retry_after_us) {
    const std::lock_guard lock(pass_.mutex);
    pass_.halted.try_emplace(chunk_.account->carrier, failed_check({}, trouble, detail, retry_after_us));
    log::warn("a carrier is left alone for now",
              {{"carrier", chunk_.account->carrier}, {"why", std::string(carriers::to_text(trouble))}, {"detail", detail}});
  }

  void ask(const Trackers& trackers) {
    if (trackers.empty() || is_halted(trackers)) return;
    if (pass_.stop.stop_requested() || pass_.left_us() < kLeastCallUs) {
      unasked_.insert(unasked_.end(), trackers.begin(), trackers.end());
      return;
    }
    const auto queries = queries_of(trackers);
    auto request = chunk_.carrier->track_request(*chunk_.account, queries);
    request.timeout_ms = static_cast<int>(std::min<std::int64_t>(request.timeout_ms, pass_.left_us() / 1000));
    const auto outcome = pass_.room.transport.send(request);
    ++calls_;
    take(trackers, chunk_.carrier->parse_track(*chunk_.account, outcome, queries), outcome);
  }

  void take(const Trackers& trackers, const carriers::TrackReply& reply, const HttpOutcome& outcome) {
    if (reply.trouble == Trouble::none) {
      for (std::size_t i = 0; i < trackers.size() && i < reply.items.size(); ++i)
        checks_.push_back({trackers[i], reply.items[i], 0, false});
      return;
    }
    using Kind = TransportFailure::Kind;
    const bool unreachable = !outcome.response && (outcome.failure.kind == Kind::connect || outcome.failure.kind == Kind::resolve ||
                                                   outcome.failure.kind == Kind::refused_address);
    if (reply.trouble == Trouble::rate_limited || reply.trouble == Trouble::auth || unreachable)
      halt(reply.trouble, reply.detail, reply.retry_after_us);
    // A failure with an answer may be one number's doing: halve until it stands alone.
    const bool halve = outcome.response &&
                       (reply.trouble == Trouble::service || reply.trouble == Trouble::bad_reply || reply.trouble == Trouble::bad_request);
    if (halve && trackers.size() > 1 && calls_ <= kHalvingCalls) {
      const auto middle = trackers.begin() + static_cast<std::ptrdiff_t>(trackers.size() / 2);
      ask(Trackers(trackers.begin(), middle));
      ask(Trackers(middle, trackers.end()));
      return;
    }
    fail(trackers, reply.trouble, reply.detail, reply.retry_after_us);
  }

  Pass& pass_;
  const Chunk& chunk_;
  std::vector<TrackingCheck> checks_;
  Trackers unasked_;
  int calls_ = 0;
};

void work_through(Pass& pass, const std::vector<Chunk>& chunks, std::atomic<std::size_t>& next) {
  for (std::size_t at = next++; at < chunks.size(); at = next++) {
    try {
      Asking(pass, chunks[at]).run();
    } catch (...) {
      const std::lock_guard lock(pass.mutex);
      if (!pass.fault) pass.fault = std::current_exception();
    }
  }
}

}  // namespace

PollOptions poll_options(const Config& config) {
  return {static_cast<int>(config.integer("tracking.batch")),
          static_cast<int>(config.integer("tracking.threads")),
          config.integer("tracking.lease_s") * kSecond,
          config.integer("tracking.stalled_days"),
          config.integer("tracking.expire_days"),
          config.integer("tracking.uncollected_days")};
}

PollReport poll_trackers(store::Database& db, const Carriers& carriers, const PollOptions& options, Instant now, std::stop_token stop) {
  auto claimed = store::claim_trackers(db, options.batch, options.lease_us, now);
  if (claimed.empty()) return {};
  Pass pass{db, carriers.room(), options, now, stop, steady_us(), {}, {}, {}, {}};
  pass.report.claimed = static_cast<int>(claimed.size());
  Trackers without_account;
  const auto chunks = chunks_of(carriers.room(), std::move(claimed), without_account);
  std::vector<TrackingCheck> orphans;
  for (const auto& tracker : without_account) orphans.push_back(failed_check(tracker, Trouble::auth, "no account for this carrier", 0));
  record_checks(db, orphans, {}, now);
  pass.report.failed += static_cast<int>(orphans.size());
  std::atomic<std::size_t> next{0};
  {
    std::vector<std::jthread> threads;
    const auto more = std::min<std::size_t>(static_cast<std::size_t>(std::max(1, options.threads)), chunks.size());
    for (std::size_t i = 1; i < more; ++i) threads.emplace_back([&] { work_through(pass, chunks, next); });
    work_through(pass, chunks, next);
  }
  if (pass.fault) std::rethrow_exception(pass.fault);
  return pass.report;
}

}  // namespace roundtrip::usecases
