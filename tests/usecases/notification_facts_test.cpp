// An order as it is -> what its messages say: the right pieces, the right money, the right link and label.
#include <gtest/gtest.h>

#include "clients/mail.hpp"
#include "store/notifications.hpp"
#include "support/database.hpp"
#include "support/orders.hpp"
#include "usecases/notifications.hpp"
#include "usecases/orders.hpp"

namespace roundtrip::usecases {
namespace {

using domain::Milestone;

const Instant kNow = *parse_rfc3339("2026-11-20T09:00:00Z");

domain::MessagePlan plan_of(Milestone milestone, std::vector<std::string> about) {
  domain::MessagePlan plan;
  plan.tell = true;
  plan.milestone = milestone;
  plan.about = std::move(about);
  return plan;
}

// Two goods lines and postage; one parcel with the first line; a return of one piece with its refund.
OrderView sample_order() {
  OrderView order;
  order.id = OrderId{1};
  order.external_id = "1001";
  order.currency = "EUR";
  order.status = domain::OrderStatus::partly_shipped;
  order.total = 4890;
  order.customer.name = "Ana Lima";
  order.customer.time_zone = "Europe/Lisbon";
  order.lines.resize(3);
  order.lines[0].id = LineId{1};
  order.lines[0].sku = "MUG";
  order.lines[0].description = "Red mug";
  order.lines[0].quantity = 3;
  order.lines[0].canceled = 1;
  order.lines[0].shipped = 2;
  order.lines[1].id = LineId{2};
  order.lines[1].sku = "TEA";
  order.lines[1].quantity = 5;
  order.lines[2].id = LineId{3};
  order.lines[2].sku = "POST";
  order.lines[2].quantity = 1;
  order.lines[2].goods = false;
  ParcelView parcel;
  parcel.id = ParcelId{1};
  parcel.state = "handed_over";
  parcel.status = "delivered";
  parcel.carrier = "demo";
  parcel.tracking_number = "DP1";
  parcel.promised_at = kNow - kDay;
  parcel.delivered_at = kNow - kHour;
  parcel.items = {{LineId{1}, "MUG", 2}};
  ShipmentView shipment;
  shipment.parcels = {parcel};
  order.shipments = {shipment};
  ReturnView one;
  one.id = ReturnId{1};
  one.code = "RT-1";
  one.status = "partly_received";
  one.lines.resize(1);
  one.lines[0].line = LineId{1};
  one.lines[0].sku = "MUG";
  one.lines[0].announced = 2;
  one.lines[0].received = 1;
  order.returns = {one};
  order.refunds.resize(3);
  for (std::size_t i = 0; i < 3; ++i) {
    order.refunds[i].id = RefundId{static_cast<std::int64_t>(i + 1)};
    order.refunds[i].return_id = ReturnId{1};
    order.refunds[i].currency = "EUR";
    order.refunds[i].state = "requested";
  }
  order.refunds[0].amount = 1001;
  order.refunds[1].amount = 2;
  order.refunds[2].amount = 5000;
  order.refunds[2].state = "denied";
  return order;
}

TEST(NotificationFacts, AnAcknowledgedOrderListsItsGoodsWithoutWhatWasCanceled) {
  const auto facts = facts_of(sample_order(), plan_of(Milestone::order_received, {}), kNow);
  ASSERT_EQ(facts.items.size(), 2U) << "postage is no goods";
  EXPECT_EQ(facts.items[0].quantity, 2);
  EXPECT_EQ(facts.items[1].quantity, 5);
  EXPECT_EQ(facts.total, (domain::Money{4890, {"EUR"}}));
}

TEST(NotificationFacts, ACanceledPartIsNotTheWhole) {
  auto order = sample_order();
  auto facts = facts_of(order, plan_of(Milestone::order_canceled, {}), kNow);
  EXPECT_FALSE(facts.all_canceled);
  ASSERT_EQ(facts.items.size(), 1U);
  EXPECT_EQ(facts.items[0].quantity, 1);
  order.status = domain::OrderStatus::canceled;
  EXPECT_TRUE(facts_of(order, plan_of(Milestone::order_canceled, {}), kNow).all_canceled);
}

TEST(NotificationFacts, AParcelTellsItsContentsAndWhatIsStillToCome) {
  const auto facts = facts_of(sample_order(), plan_of(Milestone::partly_shipped, {"pcl_1"}), kNow);
  ASSERT_EQ(facts.parcels.size(), 1U);
  EXPECT_EQ(facts.parcels[0].items.at(0).description, "Red mug");
  EXPECT_EQ(facts.parcels[0].items.at(0).quantity, 2);
  EXPECT_EQ(facts.parcels[0].expected_at, std::nullopt) << "a date that has passed is no promise";
  ASSERT_EQ(facts.still_to_come.size(), 1U);
  EXPECT_EQ(facts.still_to_come[0].quantity, 5);
  EXPECT_TRUE(facts_of(sample_order(), plan_of(Milestone::delivered, {"pcl_9"}), kNow).parcels.empty());
  EXPECT_EQ(facts_of(sample_order(), plan_of(Milestone::delivered, {"pcl_1"}), kNow).happened_at, kNow - kHour);
}

TEST(NotificationFacts, AReturnTellsWhatCameAndTheSumOfItsRefunds) {
  auto facts = facts_of(sample_order(), plan_of(Milestone::return_received, {"ret_1"}), kNow);
  ASSERT_EQ(facts.items.size(), 1U);
  EXPECT_EQ(facts.items[0].quantity, 1) << "received, not announced";
  EXPECT_EQ(facts.amount, (domain::Money{1003, {"EUR"}})) << "without the denied one";
  facts = facts_of(sample_order(), plan_of(Milestone::return_approved, {"ret_1"}), kNow);
  EXPECT_EQ(facts.items[0].quantity, 2);
  EXPECT_EQ(facts.return_code, "RT-1");
}

TEST(NotificationFacts, ARefundIsToldToTheCent) {
  const auto facts = facts_of(sample_order(), plan_of(Milestone::refund_paid, {"rfn_1"}), kNow);
  EXPECT_EQ(facts.amount, (domain::Money{1001, {"EUR"}}));
}

TEST(NotificationFacts, AnUnknownZoneIsUtc) {
  auto order = sample_order();
  order.customer.time_zone = "Mars/Olympus";
  EXPECT_EQ(facts_of(order, plan_of(Milestone::order_received, {}), kNow).time_zone, "UTC");
}

TEST(NotificationFacts, TheRulesSeeTheOrderAsItIs) {
  const auto now = order_now(sample_order());
  EXPECT_TRUE(now.anything_canceled);
  ASSERT_EQ(now.parcels.size(), 1U);
  EXPECT_EQ(now.parcels[0].status, "delivered");
  EXPECT_TRUE(now.parcels[0].handed_over);
  EXPECT_EQ(now.returns.at(0).state, "partly_received");
  EXPECT_EQ(now.refunds.at(2).state, "denied");
}

// ---- Sent for real: link and label of a return ---------------------------------------------------------------------
struct KeepingSender : clients::MailSender {
  std::vector<clients::OutgoingMail> mails;
  clients::MailOutcome send(const clients::OutgoingMail& mail) override {
    mails.push_back(mail);
    return {clients::MailOutcome::Kind::sent, "250 ok"};
  }
};

struct ReturnMailTest : testing::Test {
  test::TestDatabase database;
  MerchantId merchant = database.merchant();
  Context context{database.db(), merchant, {"worker", "notifier"}, kNow};
  Links links{"secret", "https://shop.example", 400};
  KeepingSender sender;
  test::MadeOrder order = test::make_shipped_order(database.db(), merchant,
                                                   test::order_of({test::line_of("MUG", 2, 1250)}, {{"manual", "p-1", 2500}}), kNow - kDay);

  Delivery send_approved(const ReturnLabelFile& label) {
    store::Transaction tx(database.db());
    const auto id = tx.value<ReturnId>(
                          "INSERT INTO returns (merchant_id, order_id, kind, status, requested_by, created_at, updated_at) "
                          "VALUES ($1, $2, 'return', 'approved', 'customer', $3, $3) RETURNING return_id",
                          merchant, order.id, kNow)
                        .value();
    tx.write("INSERT INTO return_lines (merchant_id, return_id, line_id, order_id, sku, announced) VALUES ($1, $2, $3, $4, 'MUG', 1)",
             merchant, id, order.lines.at(0), order.id);
    store::queue_notification(tx, merchant, order.id, Milestone::return_approved, to_text(id), kNow, kNow);
    tx.commit();
    const auto jobs = usecases::claim_jobs(database.db(), kNotificationJob, 1, kMinute, kNow);
    return deliver_notification(context, {sender, links, {"Service", "service@shop.example"}, label}, jobs.at(0));
  }
  std::string body() {
    store::Session session(database.db());
    return session.value<std::string>("SELECT body FROM notifications").value();
  }
};

TEST_F(ReturnMailTest, AnApprovedReturnCarriesItsLabelAndLeadsToItsPage) {
  const auto sent = send_approved([](const Context&, ReturnId id) {
    return messages::Attachment{to_text(id) + ".pdf", "application/pdf", "%PDF-1.4 test"};
  });
  EXPECT_EQ(sent.kind, Delivery::Kind::sent) << sent.why;
  ASSERT_EQ(sender.mails.size(), 1U);
  EXPECT_NE(sender.mails[0].bytes.find("multipart/mixed"), std::string::npos);
  EXPECT_NE(sender.mails[0].bytes.find("ret_1.pdf"), std::string::npos);
  EXPECT_NE(body().find("attached to this mail"), std::string::npos) << body();
  EXPECT_NE(body().find("https://shop.example/return/r1-"), std::string::npos) << body();
}

TEST_F(ReturnMailTest, AParcelThatWasNeverCollectedIsToldToTheShopAndNotToTheCustomer) {
  const auto parcel = store::Session(database.db()).value<ParcelId>("SELECT parcel_id FROM parcels").value();
  store::Session(database.db()).run("UPDATE merchants SET contact_email = 'hello@shop.example', name = 'Casa Aurora'", {});
  store::Session(database.db()).run("UPDATE parcels SET status = 'pre_transit', delivered_at = NULL", {});
  store::Transaction tx(database.db());
  store::queue_notification(tx, merchant, order.id, Milestone::never_collected, to_text(parcel), kNow, kNow);
  tx.commit();
  const auto jobs = usecases::claim_jobs(database.db(), kNotificationJob, 1, kMinute, kNow);
  const auto sent = deliver_notification(context, {sender, links, {"Service", "service@shop.example"}, {}}, jobs.at(0));
  EXPECT_EQ(sent.kind, Delivery::Kind::sent) << sent.why;
  ASSERT_EQ(sender.mails.size(), 1U);
  EXPECT_EQ(sender.mails[0].to, "hello@shop.example");
  EXPECT_NE(body().find("Hello Casa Aurora"), std::string::npos) << body();
  EXPECT_NE(body().find("https://shop.example/desk/orders/ord_"), std::string::npos) << body();
  EXPECT_EQ(body().find("because you ordered"), std::string::npos) << body();
}

TEST_F(ReturnMailTest, WithoutALabelFileTheLinkAloneIsPromised) {
  const auto sent = send_approved([](const Context&, ReturnId) { return std::nullopt; });
  EXPECT_EQ(sent.kind, Delivery::Kind::sent) << sent.why;
  EXPECT_EQ(sender.mails.at(0).bytes.find("multipart/mixed"), std::string::npos);
  EXPECT_EQ(body().find("attached"), std::string::npos) << body();
}

}  // namespace
}  // namespace roundtrip::usecases
