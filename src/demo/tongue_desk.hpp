// Who may call in a real carrier's language, and how often: tokens that expire, quotas as strict as the carriers' own. Thread-safe.
#pragma once
#include <deque>
#include <map>
#include <mutex>
#include <string>

#include "base/clock.hpp"
#include "demo/carrier_tongues.hpp"

namespace roundtrip::demo {

// The language of a call for a token or for parcels; nullptr: none.
const Tongue* tongue_of(const TongueRequest& request);

class TongueDesk {
 public:
  // `key` is the API key and the secret of OAuth clients of any id; `day_us` is a day of the quotas.
  TongueDesk(std::string key, std::int64_t day_us, std::int64_t token_life_us);

  // For a call to token_path: 200 with a token, or 400 or 401.
  TongueReply give_token(const Tongue& tongue, const TongueRequest& request, Instant now);
  // Tokens of another kind than those of calls: given, and known until they expire.
  std::string new_token(std::string_view kind, Instant now, std::int64_t life_us);
  bool knows(std::string_view kind, std::string_view token, Instant now);
  // Every token given so far is refused from now on, as when they expire.
  void expire_tokens();

  enum class Entry { welcome, unauthorized, too_many };
  struct Admission {
    Entry entry = Entry::welcome;
    std::int64_t retry_after_us = 0;  // of too_many
  };
  // Counts the call against the quotas when it is welcome.
  Admission admit(const Tongue& tongue, const TongueRequest& request, Instant now);

 private:
  const std::string key_;
  const std::int64_t day_us_, token_life_us_;
  std::mutex mutex_;
  std::map<std::string, Instant> tokens_;  // until when
  // Of each API, as far back as its longest quota looks.
  std::map<std::pair<std::string_view, std::string_view>, std::deque<Instant>> calls_;
};

}  // namespace roundtrip::demo
