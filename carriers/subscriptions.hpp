// Asking a carrier to push what happens to a number: pure request builders and reply parsers, as in carrier.hpp.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "carriers/carrier.hpp"

namespace roundtrip::carriers {

// The answer to one call. Without trouble every number asked for is in exactly one of the lists; with trouble the numbers in `refused` are
// refused by name, and nothing is known of the others.
struct SubscribeReply {
  Trouble trouble = Trouble::none;
  std::string detail;  // of the trouble, or why numbers were refused
  std::int64_t retry_after_us = 0;
  std::vector<std::string> accepted, refused;  // as they were asked for
};

class Subscriptions {
 public:
  virtual ~Subscriptions() = default;
  virtual int numbers_per_call() const { return 1; }
  // How long a subscription lives without being renewed.
  virtual std::int64_t lives_us() const = 0;
  // Subscribing again before the end begins a new life. False: that is refused while the old one lives.
  virtual bool renews_early() const { return true; }
  // The calls count against a quota of their own, of the same size as that of asking.
  virtual bool has_own_quota() const { return false; }
  // `push_url` is where our side listens, without a secret; carriers where that is set up by hand take none.
  virtual HttpRequest subscribe_request(const CarrierAccount& account, std::span<const std::string> numbers,
                                        const std::string& push_url) const = 0;
  // May throw for what it did not expect: read_subscribe turns that into bad_reply.
  virtual SubscribeReply parse_subscribe(const HttpOutcome& outcome, std::span<const std::string> numbers) const = 0;
};

// The one guarded way to read an answer.
SubscribeReply read_subscribe(const Subscriptions& subscriptions, const HttpOutcome& outcome, std::span<const std::string> numbers);
// Whether an account asks its carrier to push: the carrier has subscriptions, and the account the secret that pushes are proven by.
bool subscribes(const Carrier& carrier, const CarrierAccount& account);

// For parsers: the failed call, or nothing for a 2xx whose body can be read.
SubscribeReply failed_subscribe(const CallTrouble& call);
// For parsers of calls with a single number: it is accepted when the call was, refused when the carrier calls it a bad request.
SubscribeReply single_subscribe(const CallTrouble& call, std::span<const std::string> numbers);

}  // namespace roundtrip::carriers
