// Who announced a return and sent nothing is reminded before its label runs out: once, in their language, and not when it is no longer
// true.
#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

#include "store/database.hpp"
#include "support/database.hpp"
#include "support/orders.hpp"
#include "support/self_child.hpp"
#include "usecases/customer_returns.hpp"
#include "usecases/housekeeping.hpp"
#include "workers/notifier.hpp"

namespace roundtrip::workers {
namespace {

// A child is this binary again; it keeps house once, told by the environment, and dies where it is told to.
struct HousekeeperChild : testing::Environment {
  void SetUp() override {
    const char* url = test::told("HOUSE_URL");
    if (url == nullptr) return;
    store::Database db(test::database_at(url));
    (void)usecases::keep_house(db, Instant{test::told_number("NOW")});
    _exit(0);
  }
};
[[maybe_unused]] const auto* const kHousekeeperChild = testing::AddGlobalTestEnvironment(new HousekeeperChild);

struct Postbox : clients::MailSender {
  std::vector<clients::OutgoingMail> mails;
  clients::MailOutcome send(const clients::OutgoingMail& mail) override {
    mails.push_back(mail);
    return {clients::MailOutcome::Kind::sent, "250 ok"};
  }
};

struct LabelReminder : testing::Test {
  test::TestDatabase database;
  store::Database& db = database.db();
  const MerchantId merchant = database.merchant();
  const Instant announced = parse_rfc3339("2026-11-20T10:00:00Z").value();
  const Instant due = announced + 11 * kDay + kHour;  // the label holds for 14 days, and three days before its end is the time
  Instant at = announced;
  usecases::Links links{"secret", "https://shop.example", 400};
  Postbox postbox;
  usecases::MailRoom room{postbox, links, {"Service", "service@shop.example"}};

  usecases::Context context() { return {db, merchant, {"customer", "customer"}, at}; }
  void run(const std::string& sql) { store::Session(db).run(sql, {}); }
  std::int64_t ask(const std::string& sql) { return store::Session(db).value<std::int64_t>(sql).value(); }
  ReturnId announce() {
    const auto order = test::make_shipped_order(db, merchant, test::order_of({test::line_of("MUG", 2, 1000)}, {{"manual", "p", 2000}}),
                                                announced - 5 * kDay);
    run("UPDATE orders SET customer_locale = 'pt-PT', customer_time_zone = 'Europe/Lisbon'");
    usecases::ReturnRequest wanted;
    wanted.order = order.id;
    wanted.lines = {{order.lines[0], 1, "too_small", ""}};
    wanted.label_valid_days = 14;
    return usecases::create_return(context(), wanted)->id;
  }
  void keep_house(Instant when) {
    at = when;
    (void)usecases::keep_house(db, at);
  }
  bool house_dies(const std::string& step) {
    return test::self_dies({{"HOUSE_URL", database.url()}, {"NOW", std::to_string(at.us)}, {"CRASH_AT", step}});
  }
  std::int64_t reminders(const std::string& state = "") {
    return ask("SELECT count(*) FROM notifications WHERE milestone = 'label_expires'" +
               (state.empty() ? "" : " AND state = '" + state + "'"));
  }
  // Sends what waits; gives how many reminders were among it.
  int mails_of_reminders() {
    JobOptions options;
    options.kind = usecases::kNotificationJob;
    while (work_jobs(
               db, options, [this](const usecases::Job& job, Instant now) { return notify(db, room, job, now); },
               [this](const usecases::Job& job, const std::string& why, Instant now) { notify_no_more(db, job, why, now); },
               [this] { return at; }) > 0) {
    }
    return static_cast<int>(reminders("sent"));
  }
};

TEST_F(LabelReminder, IsToldOnceInTheCustomersLanguageAndInTime) {
  (void)announce();
  keep_house(due - 2 * kHour);
  EXPECT_EQ(reminders(), 0) << "too early";
  keep_house(due);
  keep_house(due);
  EXPECT_EQ(mails_of_reminders(), 1);
  keep_house(due + kDay);
  EXPECT_EQ(mails_of_reminders(), 1);
  const auto told = store::Session(db).row<std::string, std::string, std::string>(
      "SELECT title, body, locale FROM notifications WHERE milestone = 'label_expires'");
  ASSERT_TRUE(told);
  const auto& [title, body, locale] = *told;
  EXPECT_NE(title.find("A sua etiqueta de devolução"), std::string::npos) << title;
  EXPECT_NE(body.find("4 de dezembro"), std::string::npos) << "until when: " << body;
  EXPECT_NE(body.find("https://shop.example/return/"), std::string::npos) << body;
  EXPECT_EQ(locale, "pt-PT");
}

TEST_F(LabelReminder, IsNotToldToWhoAnnouncedItToday) {
  (void)announce();
  run("UPDATE returns SET label_expires_at = created_at + interval '2 days'");
  keep_house(announced + 2 * kHour);
  EXPECT_EQ(reminders(), 0);
  keep_house(announced + 25 * kHour);
  EXPECT_EQ(reminders(), 1);
}

TEST_F(LabelReminder, IsNotToldOnceTheParcelIsDroppedOff) {
  const auto id = announce();
  ASSERT_TRUE(usecases::receive_return_now(context(), id, {}, ""));
  (void)announce();
  run("UPDATE return_lines SET reception = 'in_transit' WHERE return_id = (SELECT max(return_id) FROM returns)");
  run("UPDATE returns SET status = 'in_transit' WHERE return_id = (SELECT max(return_id) FROM returns)");
  keep_house(due);
  EXPECT_EQ(reminders(), 0) << "one was received, the other one is on its way";
}

TEST_F(LabelReminder, IsNotSentWhenItIsNoLongerTrueWhileItWaits) {
  (void)announce();
  keep_house(due);
  ASSERT_EQ(reminders("queued"), 1);
  run("UPDATE return_lines SET reception = 'in_transit'");
  run("UPDATE returns SET status = 'in_transit'");
  EXPECT_EQ(mails_of_reminders(), 0);
  EXPECT_EQ(reminders("superseded"), 1);
}

TEST_F(LabelReminder, IsNotToldOfWhatWasCanceled) {
  const auto before = announce(), after = announce();
  ASSERT_TRUE(usecases::cancel_return(context(), before));
  keep_house(due);
  EXPECT_EQ(reminders(), 1);
  ASSERT_TRUE(usecases::cancel_return(context(), after));
  EXPECT_EQ(mails_of_reminders(), 0);
}

TEST_F(LabelReminder, IsToldExactlyOnceAfterADeathAtAnyStep) {
  for (int i = 0; i < 3; ++i) (void)announce();
  at = due;
  EXPECT_TRUE(house_dies("reminder.before_commit"));
  EXPECT_EQ(reminders(), 0) << "nothing was committed";
  EXPECT_TRUE(house_dies("reminder.after_commit"));
  EXPECT_EQ(reminders(), 1);
  EXPECT_EQ(ask("SELECT count(*) FROM returns WHERE reminded_at IS NOT NULL"), 1);
  EXPECT_FALSE(house_dies(""));
  EXPECT_EQ(mails_of_reminders(), 3);
  keep_house(due + kHour);
  EXPECT_EQ(mails_of_reminders(), 3);
}

TEST_F(LabelReminder, IsToldOnceWhenSeveralKeepHouseAtOnce) {
  for (int i = 0; i < 5; ++i) (void)announce();
  at = due;
  std::vector<std::thread> houses;
  for (int i = 0; i < 4; ++i) houses.emplace_back([this] { (void)usecases::keep_house(db, due); });
  for (auto& house : houses) house.join();
  EXPECT_EQ(mails_of_reminders(), 5);
}

}  // namespace
}  // namespace roundtrip::workers
