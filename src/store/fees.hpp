// Gateways' fees and written-off differences in the ledger, each once.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

struct FeeRow {
  std::optional<OrderId> order;
  std::string gateway;
  std::string reference;    // as the gateway's own books name it: the same fee has the same one wherever we read it
  std::int64_t amount = 0;  // minor units; below zero: given back
  std::string currency;
};
// Posts those that were not posted before, as `gateway_fee:<gateway>:<reference>`; gives how many.
std::int64_t book_fees(Transaction& tx, MerchantId merchant, const std::vector<FeeRow>& fees, Instant now);

struct WriteOffRow {
  std::string gateway, what, reference;  // what: payment, refund, dispute
  std::int64_t amount = 0;               // lost by the shop; below zero: won
  std::string currency, reason, by;
};
// Keeps it and posts it to write_offs; false when this difference was let go before.
bool insert_write_off(Transaction& tx, MerchantId merchant, const WriteOffRow& row, Instant now);

struct LetGo {
  std::string what, reference;
  std::int64_t amount = 0;
  std::string currency;
};
// What of these references of a gateway was let go.
std::vector<LetGo> let_go_of(Queryable& db, MerchantId merchant, const std::string& gateway, const std::vector<std::string>& references);

}  // namespace roundtrip::store
