// The accounts behind usecases::Carriers; within the room only, so that its public header needs no carrier's.
#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/transport.hpp"
#include "carriers/carrier.hpp"
#include "store/carrier_accounts.hpp"
#include "usecases/tracking.hpp"
#include "usecases/tracking_record.hpp"

namespace roundtrip::usecases {

// The token of one account: asked for once by whoever needs it first, kept until shortly before its end.
class TokenCache {
 public:
  using Then = std::function<void(const carriers::TokenReply&)>;
  // Gives the token, or why there is none; at once when it is kept, else when the carrier has answered (from the transport's thread).
  void with_token(const carriers::Carrier& carrier, const carriers::CarrierAccount& account, Transport& transport, Then then);
  // The carrier refused a call with this token: the next one asks for another.
  void refuse(const std::string& token);

 private:
  void take(const carriers::TokenReply& reply);
  std::mutex mutex_;
  carriers::TokenReply kept_;
  std::int64_t fresh_until_us_ = 0;  // steady
  bool asking_ = false;
  std::vector<Then> waiting_;
};

// A carrier account and what this process knows about it.
struct Account {
  const carriers::Carrier& carrier;
  const carriers::CarrierAccount account;
  std::vector<std::string> names;  // in trackers: its own, and "" for the first of its carrier
  mutable TokenCache token;
  store::AccountKey key() const { return {account.carrier, account.account}; }
};

struct CarrierRoom {
  Transport& transport;
  std::vector<std::unique_ptr<Account>> accounts;
  // The account of a tracker; nullptr: there is none.
  const Account* find(std::string_view carrier, std::string_view account) const;
};

inline RecordPlan plan_of(const carriers::CarrierAccount& account, const PollOptions& options) {
  return {account.poll, options.stalled_days * account.day_us, options.uncollected_days * account.day_us};
}

}  // namespace roundtrip::usecases
