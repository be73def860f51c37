// What a random history of money is made of: one shop, a strict gateway, and the steps that people, carriers and machines take.
#pragma once
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>

#include "clients/curl_transport.hpp"
#include "clients/gateway_stripe.hpp"
#include "store/database.hpp"
#include "support/database.hpp"
#include "support/fake_stripe.hpp"
#include "support/orders.hpp"
#include "usecases/claims.hpp"
#include "usecases/returns.hpp"
#include "workers/refunder.hpp"

namespace roundtrip::workers {

struct MoneyHistories : testing::TestWithParam<int> {
  test::TestDatabase database;
  store::Database& db = database.db();
  const MerchantId merchant = database.merchant();
  test::FakeStripe stripe;
  clients::CurlTransport transport{{.allow_private_addresses = true}};
  clients::Gateways gateways{only_stripe(stripe.base_url(), transport)};
  const Instant delivered = parse_rfc3339("2026-11-01T10:00:00Z").value();
  Instant at = delivered + kDay;
  std::mt19937_64 random;
  int charges = 0;

  // One of them; nothing when there is none.
  template <class T>
  std::optional<T> some(const std::vector<T>& all) {
    if (all.empty()) return std::nullopt;
    return all[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(all.size()) - 1))];
  }
  static std::map<std::string, std::unique_ptr<clients::Gateway>> only_stripe(const std::string& url, Transport& transport) {
    std::map<std::string, std::unique_ptr<clients::Gateway>> all;
    all["stripe"] = clients::make_stripe_gateway({url, "sk_test_1", 700}, transport);
    return all;
  }
  std::int64_t between(std::int64_t low, std::int64_t high) { return std::uniform_int_distribution<std::int64_t>(low, high)(random); }
  bool one_in(int n) { return between(1, n) == 1; }
  usecases::Context context(const std::string& who = "ana") { return {db, merchant, {"desk", who}, at}; }
  template <class T = std::int64_t>
  T ask(const std::string& sql) {
    return store::Session(db).value<T>(sql).value();
  }

  // A shop beside the warehouse, whose counter takes goods and hands replacements over.
  void SetUp() override;

  // One order and what is known of it from outside.
  struct History {
    test::MadeOrder order;
    std::vector<std::string> charges;
    std::vector<ReturnId> returns;
    std::vector<ClaimId> claims;
    // The order and what replaced it, again and again.
    std::string family() const { return "(external_id = '" + order.external_id + "' OR external_id LIKE '" + order.external_id + "-%')"; }
  };
  History begin();
  void step(History& history);
  void make_return(History& history);
  usecases::ReturnRequest any_request(const History& history);
  void change_or_expire(const History& history);
  void receive(const History& history);
  void judge(const History& history);
  void meddle(const History& history);
  void hear(const History& history);
  // Exchanges and claims (money_histories_cases.cpp).
  std::optional<usecases::ReturnRequest> any_exchange(const History& history);
  void make_exchange(History& history);
  void decide_exchange(const History& history);
  void hand_over_replacement(const History& history);
  void scan_by_carrier(const History& history);
  void take_back(const History& history);
  void at_the_counter(const History& history);
  void find_something(History& history);
  void make_claim(History& history);
  void decide_claim(const History& history);
  void settle_cases(const History& history);
  void change_policy();
  void work(bool with_faults);
  void settle(const History& history);
  void expect_order_adds_up(const History& history);
  void live_through_one();
  void expect_all_adds_up();
  std::vector<usecases::RefundView> refunds_of(const History& history);
};

}  // namespace roundtrip::workers
