// The tables unmapped_codes and code_maps.
#include "store/carrier_codes.hpp"

#include "store/jobs.hpp"

namespace roundtrip::store {
namespace {
domain::CodeMeaning meaning_of(const std::string& status, const std::string& reason, bool physical) {
  return {domain::parse_tracking_status(status).value_or(domain::TrackingStatus::unknown),
          domain::parse_tracking_reason(reason).value_or(domain::TrackingReason::none), physical};
}
}  // namespace

std::vector<InboxCode> unmapped_codes(Queryable& db, MerchantId merchant, int limit) {
  std::vector<InboxCode> codes;
  for (auto& [carrier, code, text, seen, first, last] : db.rows<std::string, std::string, std::string, std::int64_t, Instant, Instant>(
           "SELECT carrier, raw_code, raw_text, seen, first_at, last_at FROM unmapped_codes WHERE merchant_id = $1 "
           "ORDER BY seen DESC, carrier, raw_code LIMIT $2::int",
           merchant, limit)) {
    codes.push_back({carrier, code, text, seen, first, last});
  }
  return codes;
}

std::vector<MappedCode> mapped_codes(Queryable& db, MerchantId merchant, int limit) {
  std::vector<MappedCode> codes;
  for (auto& [carrier, code, status, reason, physical, by, at] :
       db.rows<std::string, std::string, std::string, std::string, bool, std::string, Instant>(
           "SELECT carrier, code, status, reason, physical, mapped_by, mapped_at FROM code_maps WHERE merchant_id = $1 AND taken_back_at "
           "IS NULL "
           "ORDER BY map_id DESC LIMIT $2::int",
           merchant, limit)) {
    codes.push_back({carrier, code, meaning_of(status, reason, physical), by, at});
  }
  return codes;
}

domain::CodeMaps code_maps(Queryable& db, MerchantId merchant) {
  domain::CodeMaps maps;
  for (auto& [carrier, code, status, reason, physical] : db.rows<std::string, std::string, std::string, std::string, bool>(
           "SELECT carrier, code, status, reason, physical FROM code_maps WHERE merchant_id = $1 AND taken_back_at IS NULL", merchant)) {
    maps.emplace(std::pair{carrier, code}, meaning_of(status, reason, physical));
  }
  return maps;
}

void map_code(Transaction& tx, MerchantId merchant, const MappedCode& code) {
  tx.write("DELETE FROM unmapped_codes WHERE merchant_id = $1 AND carrier = $2 AND raw_code = $3", merchant, code.carrier, code.code);
  const auto map = tx.value<std::int64_t>(
      "INSERT INTO code_maps (merchant_id, carrier, code, status, reason, physical, mapped_by, mapped_at) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (merchant_id, carrier, code) DO UPDATE SET status = EXCLUDED.status, "
      "  reason = EXCLUDED.reason, physical = EXCLUDED.physical, mapped_by = EXCLUDED.mapped_by, mapped_at = EXCLUDED.mapped_at, "
      "  taken_back_by = NULL, taken_back_at = NULL "
      "RETURNING map_id",
      merchant, code.carrier, code.code, domain::to_text(code.meaning.status), domain::to_text(code.meaning.reason), code.meaning.physical,
      code.by, code.at);
  add_job(tx, merchant, kRemapJob, *map, code.at, code.at);
}

std::optional<MappedCode> take_back_code(Transaction& tx, MerchantId merchant, const CodeKey& key, const std::string& by, Instant at) {
  auto row = tx.row<std::int64_t, std::string, std::string, bool, std::string, Instant>(
      "UPDATE code_maps SET taken_back_by = $4, taken_back_at = $5 WHERE merchant_id = $1 AND carrier = $2 AND code = $3 "
      "AND taken_back_at IS NULL RETURNING map_id, status, reason, physical, mapped_by, mapped_at",
      merchant, key.carrier, key.code, by, at);
  if (!row) return std::nullopt;
  auto& [map, status, reason, physical, mapped_by, mapped_at] = *row;
  add_job(tx, merchant, kRemapJob, map, at, at);
  return MappedCode{key.carrier, key.code, meaning_of(status, reason, physical), mapped_by, mapped_at};
}

std::optional<CodeKey> code_of_map(Queryable& db, MerchantId merchant, std::int64_t map) {
  const auto row =
      db.row<std::string, std::string>("SELECT carrier, code FROM code_maps WHERE merchant_id = $1 AND map_id = $2", merchant, map);
  if (!row) return std::nullopt;
  return CodeKey{std::get<0>(*row), std::get<1>(*row)};
}

std::vector<TrackerId> trackers_with_code(Queryable& db, MerchantId merchant, const CodeKey& key, TrackerId after, int limit) {
  std::vector<TrackerId> trackers;
  for (auto& [tracker] :
       db.rows<TrackerId>("SELECT DISTINCT e.tracker_id FROM tracking_events e "
                          "JOIN trackers t ON t.merchant_id = e.merchant_id AND t.tracker_id = e.tracker_id AND t.carrier = $2 "
                          "WHERE e.merchant_id = $1 AND (CASE WHEN e.raw_code = '' THEN e.raw_text ELSE e.raw_code END) = $3 "
                          "AND (e.mapped OR e.status = 'unknown') AND e.tracker_id > $4 ORDER BY e.tracker_id LIMIT $5::int",
                          merchant, key.carrier, key.code, after, limit)) {
    trackers.push_back(tracker);
  }
  return trackers;
}

}  // namespace roundtrip::store
