// A strict Stripe on a loopback socket: refunds with idempotency keys, look-ups in pages, and every way to fail.
#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "support/raw_server.hpp"

namespace roundtrip::test {

// What happens to the next POST /v1/refunds; look-ups have a queue of their own.
enum class StripeMood {
  pay,            // 200, status succeeded
  pay_then_drop,  // pays, then closes the connection without an answer
  pay_then_500,   // pays, then answers 500
  drop,           // closes without paying
  pend,           // 200, status pending
  rate_limit,     // 429, nothing done
  server_error,   // 500, nothing done
  key_in_use,     // 409, nothing done (another request holds the key)
  garbage,        // 200 with a body that is not JSON, nothing done
  decline,        // 400 charge_already_refunded
  wrong_key,      // 401
  pay_slowly,     // pays at once, answers after the client's time-out
};

struct StripeRefund {
  std::string id, charge, key, status;
  std::int64_t amount = 0;
  std::map<std::string, std::string> metadata;
};

class FakeStripe {
 public:
  FakeStripe();
  std::string base_url() const;
  // How the next calls go; after the last one `pay`.
  void next(std::vector<StripeMood> moods);
  void next_look_ups(std::vector<StripeMood> moods);
  // What a charge has captured; a refund above what is left is refused as Stripe does. Unknown charges do not exist.
  void capture(const std::string& charge, std::int64_t amount);
  std::vector<StripeRefund> refunds() const;           // that exist
  std::int64_t paid(const std::string& charge) const;  // sum of its refunds that are not failed
  int posts() const;
  int look_ups() const;
  std::vector<std::string> faults() const;  // requests that broke Stripe's rules
  void forget_faults();
  void set_status(const std::string& id, const std::string& status);

 private:
  void serve(RawConnection& connection);
  void answer_post(RawConnection& connection, const std::string& head, const std::string& body);
  void answer_list(RawConnection& connection, const std::string& target);
  StripeMood take(std::deque<StripeMood>& moods);
  void fault(const std::string& what);

  mutable std::mutex mutex_;
  std::deque<StripeMood> moods_, look_up_moods_;
  std::map<std::string, std::int64_t> charges_;
  std::vector<StripeRefund> refunds_;
  // Stripe keeps the parameters and the first answer of a key, successes and refusals alike.
  struct Kept {
    std::string params, answer;
    int status = 200;
  };
  std::map<std::string, Kept> keys_;
  std::vector<std::string> faults_;
  int posts_ = 0, look_ups_ = 0;
  std::unique_ptr<RawServer> server_;  // last: its threads use the rest
};

}  // namespace roundtrip::test
