// What was told and posted for one order, for whoever reconciles.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

struct ToldRow {
  NotificationId id;
  std::string milestone, channel, about, state, last_error;
  Instant created_at;
  std::optional<Instant> sent_at;
};
// Oldest first, at most 500.
std::vector<ToldRow> told_of_order(Queryable& db, MerchantId merchant, OrderId order);

}  // namespace roundtrip::store
