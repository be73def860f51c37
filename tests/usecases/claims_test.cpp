// Claims on a real database: each unit in one case, one decision, its money once, and the customer told.
#include "usecases/claims.hpp"

#include <barrier>
#include <thread>

#include "usecases/cases_world.hpp"
#include "usecases/orders.hpp"

namespace roundtrip::usecases {
namespace {

using domain::ClaimKind;

struct ClaimsTest : test::CasesWorld {
  ClaimView open(const test::MadeOrder& order, ClaimKind kind = ClaimKind::damaged, std::int64_t units = 1) {
    auto opened = open_claim(context(), {order.id, kind, {{order.lines[0], units}}, std::nullopt, {}, "It is broken."});
    if (!opened) throw std::runtime_error(opened.error().message);
    return *opened;
  }
  std::int64_t told(const std::string& milestone) {
    return ask("SELECT count(*) FROM notifications WHERE milestone = '" + milestone + "'");
  }
};

TEST_F(ClaimsTest, AUnitIsInOneReturnOrOneClaim) {
  const auto order = two_lines();
  const auto claim = open(order, ClaimKind::damaged, 2);
  EXPECT_EQ(claim.state, "opened");
  EXPECT_EQ(claim.waits_for, "shop");
  EXPECT_EQ(told("claim_opened"), 1);
  const auto twice = open_claim(context(), {order.id, ClaimKind::missing, {{order.lines[0], 1}}, std::nullopt, {}, ""});
  EXPECT_EQ(twice.error().code, "units_not_claimable");
  EXPECT_EQ(twice.error().faults.at(0).pointer, "/lines/0");
  ReturnRequest wanted;
  wanted.order = order.id;
  wanted.lines = {{order.lines[0], 1, "", ""}};
  EXPECT_EQ(create_return(context(), wanted).error().code, "units_not_returnable");
  try {
    run("UPDATE order_lines SET announced = 1 WHERE claimed = 2");
    ADD_FAILURE() << "the database takes a unit twice";
  } catch (const store::DatabaseError& error) {
    EXPECT_EQ(error.constraint, "units_in_one_case");
  }
  ASSERT_TRUE(withdraw_claim(context(), claim.id));
  EXPECT_TRUE(create_return(context(), wanted)) << "withdrawn, its units are free";
  expect_clean();
}

TEST_F(ClaimsTest, OfManyVerdictsOneIsPaidOnce) {
  const auto order = two_lines();
  const auto claim = open(order);
  constexpr int kPeople = 8;
  std::barrier start(kPeople);
  std::atomic<int> taken = 0, refused = 0;
  std::vector<std::jthread> people;
  for (int i = 0; i < kPeople; ++i) {
    people.emplace_back([&, i] {
      start.arrive_and_wait();
      const auto decided =
          decide_claim(context(), claim.id, {i % 2 ? ClaimVerdict::refund : ClaimVerdict::reject, "because", std::nullopt});
      ++(decided ? taken : refused);
      if (!decided) {
        EXPECT_EQ(decided.error().code, "claim_state");
      }
    });
  }
  people.clear();
  EXPECT_EQ(taken, kPeople / 2) << "the verdict that stands, and its repetitions";
  const auto after = read_claim(context(), claim.id).value();
  EXPECT_EQ(ask("SELECT count(*) FROM refunds"), after.state == "accepted" ? 1 : 0);
  EXPECT_EQ(told("claim_accepted") + told("claim_rejected"), 1);
  expect_clean();
}

TEST_F(ClaimsTest, ARefundPaysTheUnitsToTheCentAndTheClaimClosesWithIt) {
  const auto order = two_lines();
  const auto first = open(order), second = open(order);
  for (const auto id : {first.id, second.id}) ASSERT_TRUE(decide_claim(context(), id, {ClaimVerdict::refund, "", std::nullopt}));
  // Both mugs: 25.00 - 3.00 + 5.06 and their share of the shipping.
  EXPECT_EQ(ask("SELECT sum(amount)::bigint FROM refunds"),
            ask("SELECT price_amount - discount_amount + tax_amount + shipping_amount FROM order_lines WHERE sku = 'MUG-RED'"));
  EXPECT_EQ(read_claim(context(), first.id)->refunds.size(), 1U);
  EXPECT_EQ(close_finished_claims(context("worker"), 10), 0) << "the money is not there yet";
  expect_clean();
}

TEST_F(ClaimsTest, AReplacementCostsNothingAndCarriesTheMoneyAlong) {
  stock_up("MUG-RED", 3);
  const auto order = two_lines(3000);  // less was captured than was to be paid
  const auto claim = open(order, ClaimKind::damaged, 2);
  const auto decided = decide_claim(context(), claim.id, {ClaimVerdict::replace, "We are sorry.", std::nullopt});
  ASSERT_TRUE(decided) << decided.error().message;
  EXPECT_EQ(decided->replacement_number, order.external_id + "-C1");
  const auto replacement = read_order(context(), *decided->replacement).value();
  EXPECT_EQ(replacement.kind, "replacement");
  EXPECT_FALSE(replacement.hold_reason);
  EXPECT_EQ(replacement.total, replacement.captured);
  EXPECT_EQ(ask("SELECT count(*) FROM refunds WHERE destination <> 'exchange'"), 0);
  EXPECT_EQ(ask("SELECT reserved FROM stock WHERE sku = 'MUG-RED'"), 2);
  expect_clean();
}

TEST_F(ClaimsTest, ARejectionSaysWhyAndFreesTheUnitsUntilItIsReopened) {
  const auto order = two_lines();
  const auto claim = open(order, ClaimKind::damaged, 2);
  EXPECT_EQ(decide_claim(context(), claim.id, {ClaimVerdict::reject, "", std::nullopt}).error().faults.at(0).pointer, "/note");
  ASSERT_TRUE(decide_claim(context(), claim.id, {ClaimVerdict::reject, "The seal was broken.", std::nullopt}));
  EXPECT_EQ(ask("SELECT claimed FROM order_lines WHERE sku = 'MUG-RED'"), 0);
  ASSERT_TRUE(reopen_claim(context(), claim.id, "a photo"));
  EXPECT_EQ(ask("SELECT claimed FROM order_lines WHERE sku = 'MUG-RED'"), 2);
  ASSERT_TRUE(decide_claim(context(), claim.id, {ClaimVerdict::reject, "Still broken.", std::nullopt}));
  open(order);
  EXPECT_EQ(reopen_claim(context(), claim.id, "again").error().code, "units_not_claimable");
  expect_clean();
}

TEST_F(ClaimsTest, ARepairHasADateThatTheCustomerHearsOfWheneverItChanges) {
  const auto order = two_lines();
  const auto claim = open(order, ClaimKind::warranty);
  EXPECT_EQ(decide_claim(context(), claim.id, {ClaimVerdict::repair, "", now - kDay}).error().faults.at(0).pointer, "/repair_by");
  ASSERT_TRUE(decide_claim(context(), claim.id, {ClaimVerdict::repair, "A new switch.", now + 7 * kDay}));
  ASSERT_TRUE(promise_repair(context(), claim.id, now + 9 * kDay, ""));
  ASSERT_TRUE(promise_repair(context(), claim.id, now + 9 * kDay, ""));
  EXPECT_EQ(told("claim_in_repair"), 2);
  const auto back = send_claim_back(context(), claim.id, "dhl", "123", "As good as new.");
  ASSERT_TRUE(back);
  EXPECT_EQ(back->state, "sent_back");
  EXPECT_EQ(ask("SELECT claimed FROM order_lines WHERE sku = 'MUG-RED'"), 0) << "the customer has it again";
  ASSERT_TRUE(close_claim(context(), claim.id));
  EXPECT_EQ(promise_repair(context(), claim.id, now + 20 * kDay, "").error().code, "claim_state");
  expect_clean();
}

TEST_F(ClaimsTest, GoodsOfAWarrantyCaseComeInWithALabelAndNoMoneyMovesByItself) {
  const auto order = two_lines();
  const auto claim = open(order, ClaimKind::warranty);
  const auto wanted = want_claim_goods(context(), claim.id, 28, "");
  ASSERT_TRUE(wanted) << wanted.error().message;
  ASSERT_TRUE(wanted->return_id);
  EXPECT_EQ(wanted->waits_for, "customer");
  EXPECT_EQ(read_return(context(), *wanted->return_id)->status, "approved");
  EXPECT_EQ(ask("SELECT announced * 10 + claimed FROM order_lines WHERE sku = 'MUG-RED'"), 10);
  ASSERT_TRUE(receive_return_now(context("floor"), *wanted->return_id, {}, ""));
  EXPECT_EQ(read_claim(context(), claim.id)->state, "assessing");
  EXPECT_EQ(ask("SELECT count(*) FROM refunds"), 0);
  ASSERT_TRUE(decide_claim(context(), claim.id, {ClaimVerdict::refund, "", std::nullopt}));
  EXPECT_EQ(ask("SELECT count(*) FROM refunds"), 1);
  ASSERT_TRUE(inspect_return(context(), *wanted->return_id, {{order.lines[0], 1, 0, "scrap"}}, ""));
  EXPECT_EQ(ask("SELECT count(*) FROM refunds"), 1) << "the claim has paid it";
  expect_clean();
}

TEST_F(ClaimsTest, ALostParcelIsClaimedWithWhatWasInIt) {
  const auto order = two_lines();
  const auto parcel = store::Session(db).value<ParcelId>("SELECT parcel_id FROM parcels").value();
  run("INSERT INTO parcel_items (merchant_id, parcel_id, line_id, sku, quantity) SELECT p.merchant_id, p.parcel_id, l.line_id, l.sku, "
      "l.quantity FROM parcels p JOIN order_lines l ON l.order_id = p.order_id ON CONFLICT DO NOTHING");
  const auto lost = open_claim(context(), {order.id, ClaimKind::lost, {}, parcel, {}, ""});
  ASSERT_TRUE(lost) << lost.error().message;
  EXPECT_EQ(lost->lines.size(), 2U);
  EXPECT_EQ(open_claim(context(), {order.id, ClaimKind::lost, {}, ParcelId{999}, {}, ""}).error().explain->rule, "parcel_of_order");
  ASSERT_TRUE(decide_claim(context(), lost->id, {ClaimVerdict::refund, "", std::nullopt}));
  EXPECT_EQ(ask("SELECT sum(amount)::bigint FROM refunds"), 4220);
  expect_clean();
}

TEST_F(ClaimsTest, TheWarrantyEndsForCustomersNotForTheDesk) {
  policy(R"({"warranty_days": 3})");
  const auto order = two_lines();
  const ClaimRequest late{order.id, ClaimKind::warranty, {{order.lines[0], 1}}, std::nullopt, {}, ""};
  const auto refused = open_claim(context("customer"), late);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "claim_not_eligible");
  EXPECT_EQ(refused.error().explain->rule, "warranty");
  EXPECT_TRUE(open_claim(context("desk"), late));
}

}  // namespace
}  // namespace roundtrip::usecases
