// Customers told: once, while it is true, several parcels in one mail, through failures and deaths.
#include "workers/notifier.hpp"

#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <thread>

#include "clients/smtp.hpp"
#include "domain/orders.hpp"
#include "store/notifications.hpp"
#include "store/timeline.hpp"
#include "support/database.hpp"
#include "support/orders.hpp"
#include "support/smtp_server.hpp"
#include "usecases/customer.hpp"
#include "usecases/orders.hpp"

namespace roundtrip::workers {
namespace {

using domain::Milestone;

// Keeps what it is given and answers as told.
class RecordingSender : public clients::MailSender {
 public:
  clients::MailOutcome send(const clients::OutgoingMail& mail) override {
    const std::lock_guard lock(mutex_);
    tried_.push_back(mail);
    return outcome_;
  }
  void answer(clients::MailOutcome::Kind kind, std::string reply) {
    const std::lock_guard lock(mutex_);
    outcome_ = {kind, std::move(reply)};
  }
  std::vector<clients::OutgoingMail> tried() const {
    const std::lock_guard lock(mutex_);
    return tried_;
  }

 private:
  mutable std::mutex mutex_;
  clients::MailOutcome outcome_{clients::MailOutcome::Kind::sent, "250 ok"};
  std::vector<clients::OutgoingMail> tried_;
};

struct Told {
  std::string milestone, state, about, title, body, last_error, message_id, recipient, locale;
};

struct NotifierTest : testing::Test {
  test::TestDatabase database;
  MerchantId merchant = database.merchant();
  Instant at = *parse_rfc3339("2026-11-20T09:00:00Z");
  usecases::Links links{"secret", "https://shop.example", 400};
  RecordingSender sender;
  usecases::MailRoom room{sender, links, {"Service", "service@shop.example"}};
  JobOptions options;

  NotifierTest() {
    options.kind = usecases::kNotificationJob;
    options.max_attempts = 3;
    run_sql("UPDATE merchants SET name = 'Casa Aurora', contact_email = 'ola@casa-aurora.example', contact_phone = '+351 210 000 000'");
    for (const std::string sku : {"MUG", "TEA"}) {
      run_sql("INSERT INTO products (merchant_id, sku, name, updated_at) VALUES (" + std::to_string(merchant.value) + ", '" + sku + "', '" +
              sku + "', now())");
    }
  }
  void run_sql(const std::string& sql) {
    store::Session session(database.db());
    session.script(sql);
  }
  usecases::Context context() { return {database.db(), merchant, {"api", "test"}, at}; }

  OrderId take(const std::string& external_id = "1001", const std::string& email = "ana@example.org", const std::string& locale = "en") {
    auto order = test::order_of({test::line_of("MUG", 2, 1250), test::line_of("TEA", 3, 500)}, {{"manual", "p-1", 4000}});
    order.external_id = external_id;
    order.customer.email = email;
    order.customer.locale = locale;
    return usecases::take_order(context(), order, external_id)->id;
  }
  usecases::OrderView view(OrderId order) { return usecases::read_order(context(), order).value(); }

  // What dispatch does: a parcel with units of one line leaves, and the message waits for the window.
  ParcelId hand_over(OrderId order, std::size_t line, std::int64_t units, std::int64_t window_us = 2 * kSecond) {
    const auto seen = view(order);
    store::Transaction tx(database.db());
    const auto parcel = tx.value<ParcelId>(
                              "INSERT INTO parcels (merchant_id, shipment_id, order_id, state, status, carrier, tracking_number, "
                              "created_at, handed_over_at) "
                              "VALUES ($1, $2, $3, 'handed_over', 'in_transit', 'demo', 'DP' || $4::text, $5, $5) RETURNING parcel_id",
                              merchant, seen.shipments.at(0).id, order, static_cast<int>(line), at)
                            .value();
    tx.write("INSERT INTO parcel_items (merchant_id, parcel_id, line_id, sku, quantity) VALUES ($1, $2, $3, $4, $5)", merchant, parcel,
             seen.lines.at(line).id, seen.lines.at(line).sku, units);
    tx.write("UPDATE order_lines SET shipped = shipped + $4::bigint WHERE merchant_id = $1 AND order_id = $2 AND line_id = $3", merchant,
             order, seen.lines.at(line).id, units);
    tx.write(
        "UPDATE orders SET status = CASE WHEN EXISTS (SELECT 1 FROM order_lines WHERE merchant_id = $1 AND order_id = $2 AND shipped < "
        "quantity) "
        "THEN 'partly_shipped' ELSE 'shipped' END WHERE merchant_id = $1 AND order_id = $2",
        merchant, order);
    store::queue_notification(tx, merchant, order, Milestone::partly_shipped, to_text(parcel), at + window_us, at);
    tx.commit();
    return parcel;
  }
  void set_parcel(ParcelId parcel, const std::string& status) {
    store::Session session(database.db());
    session.run(
        "UPDATE parcels SET status = $3, delivered_at = CASE WHEN $3 = 'delivered' THEN $4::timestamptz END WHERE merchant_id = $1 AND "
        "parcel_id = $2",
        {merchant, parcel, status, at});
  }
  void queue(OrderId order, Milestone milestone, const std::string& about) {
    store::Transaction tx(database.db());
    store::queue_notification(tx, merchant, order, milestone, about, at, at);
    tx.commit();
  }
  int work() {
    return work_jobs(
        database.db(), options, [this](const usecases::Job& job, Instant now) { return notify(database.db(), room, job, now); },
        [this](const usecases::Job& job, const std::string& why, Instant now) { notify_no_more(database.db(), job, why, now); },
        [this] { return at; });
  }
  std::vector<Told> told(OrderId order) {
    store::Session session(database.db());
    std::vector<Told> out;
    for (auto& [milestone, state, about, title, body, error, id, recipient, locale] :
         session.rows<std::string, std::string, std::string, std::string, std::string, std::string, std::string, std::string, std::string>(
             "SELECT milestone, state, subject_ref, title, body, last_error, message_id, recipient, locale FROM notifications "
             "WHERE merchant_id = $1 AND order_id = $2 ORDER BY notification_id",
             merchant, order)) {
      out.push_back({milestone, state, about, title, body, error, id, recipient, locale});
    }
    return out;
  }
  std::int64_t jobs() {
    store::Session session(database.db());
    return session.value<std::int64_t>("SELECT count(*) FROM jobs WHERE dead_at IS NULL").value();
  }
};

TEST_F(NotifierTest, AnOrderIsAcknowledgedOnceInTheCustomersLanguage) {
  const auto order = take("1001", "ana@example.org", "pt-PT");
  EXPECT_EQ(work(), 1);
  EXPECT_EQ(work(), 0);
  ASSERT_EQ(sender.tried().size(), 1U);
  const auto mail = sender.tried()[0];
  EXPECT_EQ(mail.from, "service@shop.example");
  EXPECT_EQ(mail.to, "ana@example.org");
  EXPECT_NE(mail.bytes.find("From: Casa Aurora <service@shop.example>"), std::string::npos);
  EXPECT_NE(mail.bytes.find("Reply-To: Casa Aurora <ola@casa-aurora.example>"), std::string::npos);
  const auto row = told(order).at(0);
  EXPECT_EQ(row.state, "sent");
  EXPECT_EQ(row.title, "Obrigado: recebemos a sua encomenda 1001");
  EXPECT_EQ(row.recipient, "ana@example.org");
  EXPECT_EQ(row.locale, "pt-PT");
  EXPECT_NE(row.body.find("40,00"), std::string::npos) << row.body;
  EXPECT_NE(row.body.find("https://shop.example/track/"), std::string::npos);
  const auto timeline = [&] {
    store::Session session(database.db());
    return store::timeline_of(session, merchant, order, 0, 100);
  }();
  EXPECT_EQ(timeline.back().entry.type, "notification.sent");
  EXPECT_TRUE(store::verify_timeline(database.db(), merchant, order).empty());
  EXPECT_EQ(timeline.back().entry.detail.find("ana@"), std::string::npos) << "no address in what can never be erased";
}

TEST_F(NotifierTest, TheSameThingQueuedTwiceIsToldOnce) {
  const auto order = take();
  queue(order, Milestone::order_received, "");
  while (work() > 0) {
  }
  queue(order, Milestone::order_received, "");
  while (work() > 0) {
  }
  EXPECT_EQ(sender.tried().size(), 1U);
}

TEST_F(NotifierTest, ParcelsOfOneWindowBecomeOneMailThatKnowsThatAllIsOnItsWay) {
  const auto order = take();
  work();
  const auto first = hand_over(order, 0, 2);
  at = at + kSecond;
  const auto second = hand_over(order, 1, 3);
  EXPECT_EQ(work(), 0) << "the window is still open";
  at = at + kSecond;
  while (work() > 0) {
  }
  at = at + kMinute;
  while (work() > 0) {
  }
  ASSERT_EQ(sender.tried().size(), 2U);
  const auto rows = told(order);
  EXPECT_EQ(rows[1].state, "sent");
  EXPECT_EQ(rows[1].milestone, "shipped");
  EXPECT_EQ(rows[1].about, to_text(first) + " " + to_text(second));
  EXPECT_NE(rows[1].body.find("Parcel 2 of 2"), std::string::npos) << rows[1].body;
  EXPECT_EQ(rows[2].state, "superseded");
  EXPECT_NE(rows[2].last_error.find("told by ntf_"), std::string::npos);
  EXPECT_EQ(jobs(), 0);
}

TEST_F(NotifierTest, AFirstPartSaysWhatIsStillToComeAndTheRestIsToldLater) {
  const auto order = take();
  work();
  hand_over(order, 0, 2);
  at = at + kMinute;
  work();
  hand_over(order, 1, 3);
  at = at + kMinute;
  work();
  const auto rows = told(order);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[1].milestone, "partly_shipped");
  EXPECT_NE(rows[1].body.find("Still to come\n  3 × TEA"), std::string::npos) << rows[1].body;
  EXPECT_EQ(rows[2].milestone, "shipped");
  EXPECT_EQ(rows[2].body.find("MUG"), std::string::npos) << "what was told is not told again";
}

TEST_F(NotifierTest, WhatIsNoLongerTrueIsNotSaid) {
  const auto order = take("canceled");
  ASSERT_TRUE(usecases::cancel_order(context(), order, {}, "changed my mind"));
  while (work() > 0) {
  }
  auto rows = told(order);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].state, "superseded");
  EXPECT_EQ(rows[0].last_error, "the order is canceled");
  EXPECT_EQ(rows[1].milestone, "order_canceled");
  EXPECT_EQ(rows[1].state, "sent");

  const auto moved = take("moved");
  work();
  const auto parcel = hand_over(moved, 0, 2);
  at = at + kMinute;
  queue(moved, Milestone::out_for_delivery, to_text(parcel));
  queue(moved, Milestone::delivered, to_text(parcel));
  set_parcel(parcel, "delivered");
  while (work() > 0) {
  }
  rows = told(moved);
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[1].state, "superseded") << "shipped";
  EXPECT_EQ(rows[2].state, "superseded") << "out for delivery";
  EXPECT_EQ(rows[3].state, "sent") << "delivered";
  EXPECT_EQ(rows[2].last_error, to_text(parcel) + " is delivered");
}

TEST_F(NotifierTest, AServerThatIsAwayIsTriedAgainWithTheSameMessageId) {
  const auto order = take();
  sender.answer(clients::MailOutcome::Kind::temporary, "450 later");
  work();
  EXPECT_EQ(told(order)[0].state, "queued");
  EXPECT_EQ(told(order)[0].last_error, "450 later");
  EXPECT_EQ(work(), 0) << "not at once";
  at = at + kMinute;
  sender.answer(clients::MailOutcome::Kind::sent, "250 ok");
  work();
  EXPECT_EQ(told(order)[0].state, "sent");
  ASSERT_EQ(sender.tried().size(), 2U);
  const auto id_of = [](const std::string& bytes) { return bytes.substr(bytes.find("Message-Id:"), 80); };
  EXPECT_EQ(id_of(sender.tried()[0].bytes), id_of(sender.tried()[1].bytes));
  EXPECT_EQ(sender.tried()[0].name, sender.tried()[1].name);
}

TEST_F(NotifierTest, AServerThatIsAwayForADayLosesNoMail) {
  const auto order = take();
  sender.answer(clients::MailOutcome::Kind::temporary, "450 later");
  for (int hour = 0; hour < 24; ++hour) {
    work();
    at = at + kHour;
  }
  EXPECT_GT(sender.tried().size(), static_cast<std::size_t>(options.max_attempts)) << "attempts do not count while the server is away";
  EXPECT_EQ(told(order)[0].state, "queued");
  sender.answer(clients::MailOutcome::Kind::sent, "250 ok");
  work();
  EXPECT_EQ(told(order)[0].state, "sent");
}

TEST_F(NotifierTest, AfterTwoDaysItIsADeadLetterThatAPersonCanSendAgain) {
  const auto order = take();
  sender.answer(clients::MailOutcome::Kind::temporary, "450 later");
  for (int hour = 0; hour < 50; ++hour) {
    work();
    at = at + kHour;
  }
  EXPECT_EQ(told(order)[0].state, "dead");
  EXPECT_EQ(told(order)[0].last_error, "450 later");
  sender.answer(clients::MailOutcome::Kind::sent, "250 ok");
  const auto id = [&] {
    store::Session session(database.db());
    return session.value<NotificationId>("SELECT notification_id FROM notifications").value();
  }();
  EXPECT_TRUE(usecases::revive_notification(context(), id));
  EXPECT_FALSE(usecases::revive_notification(context(), id)) << "it is not dead any more";
  work();
  EXPECT_EQ(told(order)[0].state, "sent");
  EXPECT_EQ(jobs(), 0);
}

TEST_F(NotifierTest, AMessageThatCannotBeMadeEndsAfterItsAttempts) {
  const auto order = take();
  run_sql("ALTER TABLE merchants RENAME COLUMN color TO colour");
  for (int attempt = 0; attempt < 5; ++attempt) {
    work();
    at = at + kHour;
  }
  run_sql("ALTER TABLE merchants RENAME COLUMN colour TO color");
  EXPECT_EQ(told(order)[0].state, "dead");
  EXPECT_TRUE(sender.tried().empty());
}

TEST_F(NotifierTest, ARefusalForGoodIsDeadAtOnceAndHarmsNobodyElse) {
  sender.answer(clients::MailOutcome::Kind::refused, "550 no such user");
  const auto refused = take("refused");
  work();
  EXPECT_EQ(told(refused)[0].state, "dead");
  EXPECT_EQ(told(refused)[0].last_error, "550 no such user");
  sender.answer(clients::MailOutcome::Kind::sent, "250 ok");
  const auto fine = take("fine");
  work();
  EXPECT_EQ(told(fine)[0].state, "sent");
}

TEST_F(NotifierTest, TheDesksAnswerIsInTheMail) {
  const auto order = take();
  work();
  ASSERT_TRUE(usecases::write_message(context(), order, "message", "Where is my order?", ""));
  const auto asked = usecases::list_messages(context(), true, 10);
  ASSERT_EQ(asked.size(), 1U);
  ASSERT_TRUE(usecases::answer_message(context(), asked[0].id, "It leaves today."));
  work();
  const auto rows = told(order);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1].state, "sent") << rows[1].last_error;
  EXPECT_NE(rows[1].body.find("It leaves today.\n\nYou wrote:\nWhere is my order?"), std::string::npos) << rows[1].body;
}

TEST_F(NotifierTest, ALinkThatWasAskedForIsMailedOnceAnHour) {
  const auto order = take("1001");
  work();
  for (int times = 0; times < 3; ++times) {
    ASSERT_TRUE(usecases::request_link(database.db(), merchant, "1001", "ana@example.org", "10.0.0.1", at));
    ASSERT_TRUE(usecases::request_link(database.db(), merchant, "1001", "eve@example.org", "10.0.0.1", at)) << "the same answer for a miss";
  }
  while (work() > 0) {
  }
  const auto rows = told(order);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1].milestone, "link_requested");
  EXPECT_NE(rows[1].body.find("https://shop.example/track/"), std::string::npos);
}

TEST_F(NotifierTest, NobodyToTellIsSaidAtTheDeskAndABadAddressIsADeadLetter) {
  const auto nobody = take("nobody", "");
  const auto bad = take("bad", "ana@exa mple.org");
  work();
  EXPECT_EQ(told(nobody)[0].state, "superseded");
  EXPECT_EQ(told(nobody)[0].last_error, "no_address");
  EXPECT_EQ(told(bad)[0].state, "dead");
  EXPECT_EQ(told(bad)[0].last_error, "invalid_address");
  EXPECT_TRUE(sender.tried().empty());
  EXPECT_EQ(jobs(), 0);
}

TEST_F(NotifierTest, AWorkerThatDiesAfterSendingSendsTheSameMailAgainUnderTheSameId) {
  const auto order = take();
  {
    // The worker dies between the server's yes and its own commit: claimed, marked, sent, nothing more.
    const auto jobs_claimed = usecases::claim_jobs(database.db(), usecases::kNotificationJob, 10, options.lease_us, at);
    ASSERT_EQ(jobs_claimed.size(), 1U);
    struct Dying : clients::MailSender {
      RecordingSender& kept;
      explicit Dying(RecordingSender& sender_kept) : kept(sender_kept) {}
      clients::MailOutcome send(const clients::OutgoingMail& mail) override {
        kept.send(mail);
        throw std::runtime_error("killed");
      }
    } dying{sender};
    const usecases::MailRoom dying_room{dying, links, room.from};
    EXPECT_THROW(usecases::deliver_notification(context(), dying_room, jobs_claimed[0]), std::runtime_error);
  }
  EXPECT_EQ(told(order)[0].state, "sending");
  EXPECT_EQ(work(), 0) << "the lease holds";
  at = at + options.lease_us;
  EXPECT_EQ(work(), 1);
  EXPECT_EQ(told(order)[0].state, "sent");
  ASSERT_EQ(sender.tried().size(), 2U);
  EXPECT_NE(sender.tried()[1].bytes.find(told(order)[0].message_id), std::string::npos);
  EXPECT_NE(sender.tried()[0].bytes.find(told(order)[0].message_id), std::string::npos);
}

TEST_F(NotifierTest, ManyWorkersOverManyOrdersTellEachOnce) {
  constexpr int kOrders = 40;
  std::vector<OrderId> orders;
  for (int i = 0; i < kOrders; ++i) {
    orders.push_back(take("many-" + std::to_string(i)));
    hand_over(orders.back(), 0, 2, 0);
    hand_over(orders.back(), 1, 3, 0);
  }
  options.batch = 5;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      while (work() > 0) {
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::map<std::string, int> parcels_told;
  for (const auto order : orders) {
    const auto rows = told(order);
    EXPECT_EQ(rows[0].state, "sent");
    for (const auto& row : rows) {
      EXPECT_TRUE(row.state == "sent" || row.state == "superseded") << row.state << " " << row.last_error;
      if (row.milestone == "order_received" || row.state != "sent") continue;
      for (std::size_t from = 0; from < row.about.size();
           from = row.about.find(' ', from) == std::string::npos ? row.about.size() : row.about.find(' ', from) + 1) {
        ++parcels_told[row.about.substr(from, row.about.find(' ', from) - from)];
      }
    }
  }
  EXPECT_EQ(parcels_told.size(), 2U * kOrders);
  for (const auto& [parcel, times] : parcels_told) EXPECT_EQ(times, 1) << parcel;
  EXPECT_EQ(jobs(), 0);
}

TEST_F(NotifierTest, OverARealSocketAFlakyServerEndsWithEveryMailOnce) {
  test::SmtpServer server;
  clients::SmtpSender smtp({server.url(), "", "", 5000});
  const usecases::MailRoom real{smtp, links, room.from};
  server.set_script({.rcpt = "450 4.2.0 busy"});
  const auto order = take();
  const auto work_real = [&] {
    return work_jobs(
        database.db(), options, [&](const usecases::Job& job, Instant now) { return notify(database.db(), real, job, now); }, {},
        [this] { return at; });
  };
  work_real();
  EXPECT_EQ(told(order)[0].last_error, "450 4.2.0 busy");
  server.set_script({});
  at = at + kMinute;
  work_real();
  EXPECT_EQ(told(order)[0].state, "sent");
  ASSERT_EQ(server.mails().size(), 1U);
  EXPECT_NE(server.mails()[0].bytes.find(told(order)[0].message_id), std::string::npos);
  EXPECT_TRUE(server.faults().empty());
}

}  // namespace
}  // namespace roundtrip::workers
