// What nobody tells us: parcels that no carrier collected, and why there is no news of one.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "domain/tracking.hpp"

namespace roundtrip::domain {

// The label was made and the parcel handed over, and for `limit_us` no carrier has scanned it.
bool is_never_collected(TrackingStatus status, Instant started_at, std::int64_t limit_us, Instant now);

// Why there is no news.
enum class Silence {
  none,           // there is, or nothing more is to come
  not_asked_yet,  // the carrier was not asked
  not_known_yet,  // it does not know the number (yet)
  limited,        // it lets us ask only so often
  refused,        // it refuses our credentials
  rejected,       // it says that the question or the number is not valid
  unreachable,    // it does not answer
  unreadable,     // its answer cannot be read
  our_fault,      // its answer could not be kept
  no_scans,       // it answers, and has had nothing to say for days
  given_up,       // no word for so long that we stopped asking
};
inline constexpr Word<Silence> kSilences[] = {
    {Silence::none, ""},
    {Silence::not_asked_yet, "not_asked_yet"},
    {Silence::not_known_yet, "not_known_yet"},
    {Silence::limited, "limited"},
    {Silence::refused, "refused"},
    {Silence::rejected, "rejected"},
    {Silence::unreachable, "unreachable"},
    {Silence::unreadable, "unreadable"},
    {Silence::our_fault, "our_fault"},
    {Silence::no_scans, "no_scans"},
    {Silence::given_up, "given_up"},
};
inline std::string_view to_text(Silence silence) { return word_of(kSilences, silence); }

struct SilenceFacts {
  TrackingStatus status = TrackingStatus::pending;
  std::optional<Instant> last_checked_at, last_success_at;
  int failures = 0;
  std::string_view last_error;  // begins with the word of a trouble: "not_found: ..."
  bool stalled = false, never_collected = false;
};
Silence silence_of(const SilenceFacts& facts);

}  // namespace roundtrip::domain
