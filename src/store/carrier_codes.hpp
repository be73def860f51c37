// The inbox of codes nobody has mapped yet, and what merchants say that codes mean.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "domain/code_maps.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

inline constexpr std::string_view kRemapJob = "remap";  // subject: map_id

struct InboxCode {
  std::string carrier, code, text;
  std::int64_t seen = 0;
  Instant first_at, last_at;
};
// Most often seen first.
std::vector<InboxCode> unmapped_codes(Queryable& db, MerchantId merchant, int limit);

struct MappedCode {
  std::string carrier, code;
  domain::CodeMeaning meaning;
  std::string by;
  Instant at;
};
// The newest first.
std::vector<MappedCode> mapped_codes(Queryable& db, MerchantId merchant, int limit);
domain::CodeMaps code_maps(Queryable& db, MerchantId merchant);

// Queues the meaning (a new one replaces the old), takes the code out of the inbox and queues the job that works through its events.
void map_code(Transaction& tx, MerchantId merchant, const MappedCode& code);

struct CodeKey {
  std::string carrier, code;
};
// The same for a meaning taken back: what it was; nothing when the code has none.
std::optional<MappedCode> take_back_code(Transaction& tx, MerchantId merchant, const CodeKey& key, const std::string& by, Instant at);
std::optional<CodeKey> code_of_map(Queryable& db, MerchantId merchant, std::int64_t map);
// Trackers above `after` that have an event of the code that was unknown or mapped by us, in the order of their ids.
std::vector<TrackerId> trackers_with_code(Queryable& db, MerchantId merchant, const CodeKey& key, TrackerId after, int limit);

}  // namespace roundtrip::store
