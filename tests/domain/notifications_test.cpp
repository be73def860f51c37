// Law 9: nothing is said that is no longer true, and several parcels become one message.
#include "domain/notifications.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace roundtrip::domain {
namespace {

WaitingMessage message(Milestone milestone, std::vector<std::string> about, std::int64_t id = 1) {
  return {NotificationId{id}, milestone, std::move(about)};
}
ParcelNow parcel(const std::string& id, const std::string& status, bool delayed = false, bool handed_over = true) {
  return {id, handed_over, status, delayed};
}

TEST(Notifications, AParcelsMessageIsToldOnlyWhileItIsTrue) {
  struct Case {
    Milestone milestone;
    std::vector<std::string> told_at;
  };
  const std::vector<std::string> all = {"pending",
                                        "pre_transit",
                                        "in_transit",
                                        "out_for_delivery",
                                        "available_for_pickup",
                                        "delivery_attempted",
                                        "delivered",
                                        "exception",
                                        "lost",
                                        "return_to_sender",
                                        "returned",
                                        "expired",
                                        "unknown"};
  const std::vector<Case> cases = {
      {Milestone::shipped,
       {"pending", "pre_transit", "in_transit", "out_for_delivery", "available_for_pickup", "delivery_attempted", "exception",
        "return_to_sender", "expired", "unknown"}},
      {Milestone::out_for_delivery, {"out_for_delivery"}},
      {Milestone::delivered, {"delivered"}},
      {Milestone::delivery_failed, {"available_for_pickup", "delivery_attempted", "exception", "lost", "return_to_sender", "returned"}},
  };
  for (const Case& one : cases) {
    for (const std::string& status : all) {
      OrderNow now;
      now.status = OrderStatus::shipped;
      now.parcels = {parcel("pcl_1", status)};
      const auto plan = plan_message(message(one.milestone, {"pcl_1"}), {}, now);
      const bool wanted = std::find(one.told_at.begin(), one.told_at.end(), status) != one.told_at.end();
      EXPECT_EQ(plan.tell, wanted) << to_text(one.milestone) << " at " << status;
      if (!wanted) {
        EXPECT_EQ(plan.why, "pcl_1 is " + status);
      }
    }
  }
}

TEST(Notifications, ADelayIsToldWhileItLasts) {
  OrderNow now;
  now.parcels = {parcel("pcl_1", "in_transit", true)};
  EXPECT_TRUE(plan_message(message(Milestone::delayed, {"pcl_1"}), {}, now).tell);
  now.parcels[0].delayed = false;
  EXPECT_EQ(plan_message(message(Milestone::delayed, {"pcl_1"}), {}, now).why, "pcl_1 is on time again");
  now.parcels = {parcel("pcl_1", "delivered", true)};
  EXPECT_FALSE(plan_message(message(Milestone::delayed, {"pcl_1"}), {}, now).tell);
}

TEST(Notifications, AParcelThatIsStillHereOrUnknownIsNotTold) {
  OrderNow now;
  now.parcels = {parcel("pcl_1", "pending", false, false)};
  EXPECT_EQ(plan_message(message(Milestone::shipped, {"pcl_1"}), {}, now).why, "pcl_1 is not handed over");
  EXPECT_EQ(plan_message(message(Milestone::shipped, {"pcl_2"}), {}, now).why, "pcl_2 is unknown");
  now.parcels.clear();
  EXPECT_EQ(plan_message(message(Milestone::shipped, {}), {}, now).why, "there is no parcel to tell of");
}

TEST(Notifications, TheOrdersStateDecidesBetweenAPartAndTheWhole) {
  OrderNow now;
  now.parcels = {parcel("pcl_1", "in_transit")};
  now.status = OrderStatus::partly_shipped;
  EXPECT_EQ(plan_message(message(Milestone::shipped, {"pcl_1"}), {}, now).milestone, Milestone::partly_shipped);
  now.status = OrderStatus::shipped;
  EXPECT_EQ(plan_message(message(Milestone::partly_shipped, {"pcl_1"}), {}, now).milestone, Milestone::shipped);
}

TEST(Notifications, OnlyMessagesOfOneKindBecomeOne) {
  OrderNow now;
  now.status = OrderStatus::shipped;
  now.parcels = {parcel("pcl_1", "out_for_delivery"), parcel("pcl_2", "out_for_delivery"), parcel("pcl_3", "in_transit")};
  const std::vector<WaitingMessage> others = {message(Milestone::out_for_delivery, {"pcl_2"}, 2), message(Milestone::shipped, {"pcl_3"}, 3),
                                              message(Milestone::order_received, {}, 4)};
  const auto plan = plan_message(message(Milestone::out_for_delivery, {"pcl_1"}), others, now);
  EXPECT_EQ(plan.about, (std::vector<std::string>{"pcl_1", "pcl_2"}));
  EXPECT_EQ(plan.merged, std::vector<NotificationId>{NotificationId{2}});
}

TEST(Notifications, AMessageAboutAParcelThatWasNotReadYetIsLeftForLater) {
  OrderNow now;
  now.status = OrderStatus::shipped;
  now.parcels = {parcel("pcl_1", "in_transit")};
  const auto plan = plan_message(message(Milestone::shipped, {"pcl_1"}), {message(Milestone::shipped, {"pcl_9"}, 2)}, now);
  EXPECT_TRUE(plan.merged.empty());
}

TEST(Notifications, OrdersReturnsAndRefundsAreToldWhileTrue) {
  OrderNow now;
  EXPECT_TRUE(plan_message(message(Milestone::order_received, {}), {}, now).tell);
  EXPECT_EQ(plan_message(message(Milestone::order_canceled, {}), {}, now).why, "nothing is canceled");
  now.anything_canceled = true;
  EXPECT_TRUE(plan_message(message(Milestone::order_canceled, {}), {}, now).tell);
  EXPECT_TRUE(plan_message(message(Milestone::order_received, {}), {}, now).tell) << "a part is canceled, the rest comes";
  now.status = OrderStatus::canceled;
  EXPECT_EQ(plan_message(message(Milestone::order_received, {}), {}, now).why, "the order is canceled");
  now.returns = {{"ret_1", "approved"}};
  EXPECT_TRUE(plan_message(message(Milestone::return_approved, {"ret_1"}), {}, now).tell);
  EXPECT_EQ(plan_message(message(Milestone::return_received, {"ret_1"}), {}, now).why, "ret_1 is approved");
  now.returns[0].state = "canceled";
  EXPECT_FALSE(plan_message(message(Milestone::return_approved, {"ret_1"}), {}, now).tell);
  now.refunds = {{"rfn_1", "in_doubt"}};
  EXPECT_EQ(plan_message(message(Milestone::refund_paid, {"rfn_1"}), {}, now).why, "rfn_1 is in_doubt");
  now.refunds[0].state = "succeeded";
  EXPECT_TRUE(plan_message(message(Milestone::refund_paid, {"rfn_1"}), {}, now).tell);
}

// Random parcels queued in any grouping and worked off in any order: each that is under way is told exactly once.
TEST(Notifications, WhatIsSetAsideForAnExchangeIsToldOfOnlyWhileItIsThatExchange) {
  OrderNow now;
  now.exchanges = {{"ret_1", "awaiting_goods", "ord_6"}};
  EXPECT_TRUE(plan_message(message(Milestone::exchange_reserved, {"ret_1", "ord_6"}), {}, now).tell);
  const auto replaced = plan_message(message(Milestone::exchange_reserved, {"ret_1", "ord_5"}), {}, now);
  EXPECT_FALSE(replaced.tell);
  EXPECT_EQ(replaced.why, "ret_1 is now about ord_6");
  EXPECT_TRUE(plan_message(message(Milestone::exchange_reserved, {"ret_1"}), {}, now).tell) << "queued by a release before this one";
  now.exchanges.clear();  // money instead
  EXPECT_FALSE(plan_message(message(Milestone::exchange_reserved, {"ret_1", "ord_6"}), {}, now).tell);
}

TEST(Notifications, HoweverMessagesAreWorkedOffEachParcelIsToldOnce) {
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    OrderNow now;
    now.status = OrderStatus::partly_shipped;
    std::vector<WaitingMessage> waiting;
    const int parcels = 1 + static_cast<int>(random() % 6);
    for (int i = 0; i < parcels; ++i) {
      now.parcels.push_back(parcel("pcl_" + std::to_string(i), random() % 4 == 0 ? "delivered" : "in_transit"));
      waiting.push_back(message(random() % 2 == 0 ? Milestone::shipped : Milestone::partly_shipped, {now.parcels.back().id}, i + 1));
    }
    std::shuffle(waiting.begin(), waiting.end(), random);
    std::vector<std::string> told;
    while (!waiting.empty()) {
      const auto mine = waiting.back();
      waiting.pop_back();
      // Some of the others are not visible: another worker has them.
      std::vector<WaitingMessage> visible;
      for (const auto& other : waiting) {
        if (random() % 3 != 0) visible.push_back(other);
      }
      const auto plan = plan_message(mine, visible, now);
      if (!plan.tell) continue;
      told.insert(told.end(), plan.about.begin(), plan.about.end());
      std::erase_if(waiting, [&](const WaitingMessage& other) {
        return std::find(plan.merged.begin(), plan.merged.end(), other.id) != plan.merged.end();
      });
    }
    for (const auto& one : now.parcels) {
      EXPECT_EQ(std::count(told.begin(), told.end(), one.id), one.status == "delivered" ? 0 : 1) << "round " << round << " " << one.id;
    }
  }
}

TEST(Notifications, StatesMoveOnlyAsTheTableSays) {
  EXPECT_EQ(next_state(kNotificationSteps, NotificationState::sending, NotificationEvent::fail), NotificationState::queued);
  EXPECT_EQ(next_state(kNotificationSteps, NotificationState::sent, NotificationEvent::send), std::nullopt)
      << "a sent message is never sent again";
  EXPECT_EQ(next_state(kNotificationSteps, NotificationState::superseded, NotificationEvent::revive), std::nullopt);
}

}  // namespace
}  // namespace roundtrip::domain
