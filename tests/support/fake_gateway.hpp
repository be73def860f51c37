// What the fake Adyen and the fake PayPal share: moods, captures with what is left of them, and kept idempotency keys.
#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/transport.hpp"
#include "support/raw_server.hpp"

namespace roundtrip::test {

// What happens to the next request for a refund.
enum class GatewayMood {
  pay,            // taken
  pay_then_drop,  // taken, then the connection is closed without an answer
  pay_then_500,   // taken, then 500
  pay_half_body,  // taken, then half of the answer
  pay_slowly,     // taken at once, answered after the client's time-out
  pend,           // taken, not settled (PayPal)
  drop,           // closed, nothing done
  rate_limit,     // 429 with Retry-After, nothing done
  server_error,   // 500, nothing done
  key_in_use,     // another request holds the key, nothing done
  garbage,        // 200 with a body that is not JSON, nothing done
  wrong_key,      // 401, nothing done
};

struct GatewayRefund {
  std::string id, capture, key, reference, currency, status;
  std::int64_t amount = 0;  // in the gateway's unit
};

struct GatewayRequest {
  std::string method, target, head, body;
  std::string header(const std::string& lower_name) const;
  HttpRequest as_http(const std::string& base) const;  // for the judge of requests
};

// A loopback server that reads requests one after the other and takes the gateway's answers from `serve_one`.
class FakeGateway {
 public:
  virtual ~FakeGateway();
  std::string base_url() const { return server_->url(""); }
  void next(std::vector<GatewayMood> moods);
  void capture(const std::string& id, std::int64_t amount, const std::string& currency = "EUR");
  std::vector<GatewayRefund> refunds() const;
  std::int64_t paid(const std::string& capture) const;
  void set_status(const std::string& id, const std::string& status);
  int posts() const;
  std::vector<GatewayRequest> requests() const;
  std::vector<std::string> faults() const;  // requests that broke the gateway's rules

 protected:
  struct Answer {
    int status = 200;
    nlohmann::json body;
    std::string headers = {};
  };
  struct Capture {
    std::int64_t amount = 0;
    std::string currency;
  };
  // What the gateway says; called with the lock held.
  virtual Answer serve_one(const GatewayRequest& request) = 0;
  // The answer to a refusal that says only the mood.
  virtual Answer refusal(GatewayMood mood) = 0;
  virtual bool asks_for_refund(const GatewayRequest& request) const = 0;
  // Starts to listen; at the end of the last constructor.
  void listen();
  void stop() { server_.reset(); }
  void fault(const std::string& what) { faults_.push_back(what); }
  // The first answer of a key; a fault and nothing when the body is another one.
  std::optional<Answer> kept(const std::string& key, const std::string& body, bool& other_body);
  void keep(const std::string& key, const std::string& body, const Answer& answer) { keys_[key] = {body, answer}; }
  std::int64_t left(const std::string& capture) const;

  mutable std::mutex mutex_;
  std::map<std::string, Capture> captures_;
  std::vector<GatewayRefund> refunds_;
  GatewayMood mood_ = GatewayMood::pay;  // of the request under way

 private:
  void serve(RawConnection& connection);
  std::deque<GatewayMood> moods_;
  std::map<std::string, std::pair<std::string, Answer>> keys_;
  std::vector<GatewayRequest> requests_;
  std::vector<std::string> faults_;
  int posts_ = 0;
  std::unique_ptr<RawServer> server_;
};

// Adyen Checkout v71: x-api-key, Idempotency-Key, 201 "received".
class FakeAdyen : public FakeGateway {
 public:
  FakeAdyen() { listen(); }
  ~FakeAdyen() override { stop(); }
  // A signed notification about a refund (or any event) as Adyen sends it.
  static std::string notification(const nlohmann::json& item);
  static nlohmann::json item(const std::string& code, const GatewayRefund& refund, const std::string& success);
  static constexpr const char* kHmacKey = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056";

 protected:
  Answer serve_one(const GatewayRequest& request) override;
  Answer refusal(GatewayMood mood) override;
  bool asks_for_refund(const GatewayRequest& request) const override;
};

// PayPal: OAuth tokens that end, PayPal-Request-Id, refunds by id, and verification of events.
class FakePaypal : public FakeGateway {
 public:
  FakePaypal() { listen(); }
  ~FakePaypal() override { stop(); }
  void end_tokens();  // the tokens given so far are refused from now on
  int tokens() const;
  void token_lasts(int seconds);
  static std::string event(const std::string& type, const nlohmann::json& resource);
  nlohmann::json resource(const GatewayRefund& refund) const;

 protected:
  Answer serve_one(const GatewayRequest& request) override;
  Answer refusal(GatewayMood mood) override;
  bool asks_for_refund(const GatewayRequest& request) const override;

 private:
  Answer give_token(const GatewayRequest& request);
  Answer pay(const GatewayRequest& request);
  int tokens_ = 0, first_valid_ = 1, lasts_ = 32'400;
};

}  // namespace roundtrip::test
