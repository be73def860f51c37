// Why there is no news of a parcel.
#include "domain/tracking_silence.hpp"

namespace roundtrip::domain {
namespace {

// The words of carriers::Trouble as they begin a tracker's last error.
struct TroubleWord {
  std::string_view word;
  Silence silence;
};
constexpr TroubleWord kTroubleWords[] = {
    {"not_found", Silence::not_known_yet}, {"bad_request", Silence::rejected},
    {"rate_limited", Silence::limited},    {"auth", Silence::refused},
    {"service", Silence::unreachable},     {"bad_reply", Silence::unreadable},
    {"internal", Silence::our_fault},
};

}  // namespace

bool is_never_collected(TrackingStatus status, Instant started_at, std::int64_t limit_us, Instant now) {
  const bool waits = status == TrackingStatus::pending || status == TrackingStatus::pre_transit;
  return waits && now - started_at > limit_us;
}

Silence silence_of(const SilenceFacts& facts) {
  if (facts.status == TrackingStatus::expired) return Silence::given_up;
  if (is_final(facts.status)) return Silence::none;
  // A push may have come since the last question failed.
  const bool heard_since = facts.last_success_at && (!facts.last_checked_at || *facts.last_success_at > *facts.last_checked_at);
  if (facts.failures > 0 && !heard_since) {
    for (const auto& [word, silence] : kTroubleWords) {
      if (facts.last_error.starts_with(word)) return silence;
    }
    return Silence::unreachable;
  }
  if (!facts.last_checked_at && !facts.last_success_at) return Silence::not_asked_yet;
  return facts.stalled || facts.never_collected ? Silence::no_scans : Silence::none;
}

}  // namespace roundtrip::domain
