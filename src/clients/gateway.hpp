// Payment gateways: pay a refund out once per key, and ask later what became of it.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/config.hpp"
#include "base/transport.hpp"

namespace roundtrip::clients {

// One refund as the gateway is told it. `key` never changes between tries.
struct RefundCall {
  std::string key;
  std::string payment_reference;  // of what was captured, in the gateway's words
  std::int64_t amount = 0;        // minor units (ISO 4217)
  std::string currency;
  std::string order;                 // our external order number
  std::string refund;                // our public id
  std::string merchant;              // our public id
  std::string known_reference = {};  // the gateway's id of the refund, when an answer told it
  std::int64_t age_s = 0;            // since it was first submitted
};

// What a gateway charged for moving money, as its own books name it: the same in every report of it.
struct GatewayFee {
  std::string reference;
  std::int64_t amount = 0;  // minor units (ISO 4217); below zero: given back
  std::string currency;     // upper case
};

struct GatewayAnswer {
  enum class Kind {
    succeeded,  // the money is on its way back
    pending,    // taken, not settled: ask again or wait for the gateway's event
    failed,     // refused for good: nothing was paid
    busy,       // certainly not done, try again later with the same key
    unknown,    // it may have been done: look it up
    not_found,  // look-up only: the gateway does not know the key, or tells about it only when the same request is sent again with it
    by_hand,    // nobody to call: a person pays it out
  };
  Kind kind = Kind::unknown;
  std::string reference = {};  // the gateway's id of the refund
  std::string code = {};       // stable, for programs: "charge_already_refunded", "http_503", "timeout"
  std::string message = {};    // for people at the desk; never holds secrets
  int retry_after_s = 0;
  std::optional<GatewayFee> fee = {};
};

// Thread-safe; throws for bugs only.
class Gateway {
 public:
  virtual ~Gateway() = default;
  virtual GatewayAnswer refund(const RefundCall& call) = 0;
  // What became of the refund with this key: succeeded, pending, failed, not_found, or busy when the
  // gateway did not answer.
  virtual GatewayAnswer find(const RefundCall& call) = 0;
};

// What a payer disputes, as the gateway tells it.
struct DisputeNews {
  enum class Kind { inquiry, open, won, lost };
  Kind kind = Kind::inquiry;
  std::string reference;              // the dispute's
  std::vector<std::string> payments;  // what the disputed payment may be called in the gateway's words
  std::int64_t amount = 0;            // minor units (ISO 4217)
  std::string currency, reason;
  std::vector<GatewayFee> fees = {};
};

// What a gateway's event (webhook) says about one of our refunds, or about a payment.
struct GatewayEvent {
  bool about_refund = false;          // false: an event that is none of our business
  std::string merchant, refund, key;  // as we gave them; empty when the gateway does not say, or the refund was not made by us
  std::int64_t amount = 0;
  GatewayAnswer answer;
  std::optional<DisputeNews> dispute = {};
};

// The gateways of this installation, by the name a payment carries. A name without a configured
// gateway is paid by hand.
class Gateways {
 public:
  // `transport` outlives this.
  Gateways(const Config& config, Transport& transport);
  Gateways(std::map<std::string, std::unique_ptr<Gateway>> gateways);
  Gateway& of(const std::string& name);

 private:
  std::map<std::string, std::unique_ptr<Gateway>> gateways_;
  std::unique_ptr<Gateway> by_hand_;
};

// Whether the configured gateways may be on private addresses: allowed by the setting, or because the
// operator has named a base URL of their own.
bool gateways_may_be_private(const Config& config);

std::unique_ptr<Gateway> make_manual_gateway();

}  // namespace roundtrip::clients
