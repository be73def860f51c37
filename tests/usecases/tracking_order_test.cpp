// The same events in any order, in parts, repeated and corrected, down to the database: one state, one history, each milestone once.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "store/tracking.hpp"
#include "support/histories.hpp"
#include "support/tracking_world.hpp"
#include "usecases/tracking_record.hpp"

namespace roundtrip::usecases {
namespace {
using test::History;
using test::ShippedParcel;
using test::TrackingWorld;

struct TrackingOrderTest : testing::Test {
  TrackingWorld world;
  std::mt19937 random{20261122};

  // A parcel that was given to the carrier before the history begins.
  ShippedParcel parcel_before(const History& history) {
    const auto parcel = world.ship();
    Instant first = world.now();
    for (const auto& event : history.said.events) {
      if (domain::order_time(event) > domain::kNoTime) first = std::min(first, domain::order_time(event));
    }
    store::Session(world.db()).run("UPDATE trackers SET created_at = $1 WHERE parcel_id = $2", {first - kDay, parcel.parcel});
    return parcel;
  }
  static Instant end_of(const History& history) {
    Instant last{0};
    for (const auto& event : history.said.events) last = std::max(last, domain::order_time(event));
    return last + kHour;
  }
  void record(const ShippedParcel& parcel, const carriers::TrackedNumber& said, Instant now, bool pushed) {
    store::Session session(world.db());
    auto tracker = store::trackers_of_number(session, world.merchant(), parcel.number, 1).at(0);
    TrackingCheck check;
    check.tracker = std::move(tracker);
    check.said = said;
    check.said.number = parcel.number;
    check.said.reference.clear();
    check.pushed = pushed;
    record_checks(world.db(), {check}, {}, now);
  }
  // What the database says of the parcel: tracker, parcel, line, and every event.
  std::string state_of(const ShippedParcel& parcel) {
    return world.value<std::string>(
        "SELECT concat_ws(' ', t.status, t.reason, t.action_required, t.last_event_at, t.headline, t.headline_reason, t.headline_at, "
        "p.status, "
        "  p.delivered_at, l.delivered, (SELECT string_agg(concat_ws('|', e.event_key, e.status, e.reason, e.raw_text), E'\\n' ORDER BY "
        "  e.event_key) FROM tracking_events e WHERE e.merchant_id = t.merchant_id AND e.tracker_id = t.tracker_id)) "
        "FROM trackers t JOIN parcels p ON p.merchant_id = t.merchant_id AND p.parcel_id = t.parcel_id "
        "JOIN order_lines l ON l.merchant_id = t.merchant_id AND l.order_id = t.order_id WHERE t.merchant_id = $1 AND t.parcel_id = $2",
        world.merchant(), parcel.parcel);
  }
  void record_in_parts(const ShippedParcel& parcel, const History& history) {
    auto events = history.said.events;
    std::shuffle(events.begin(), events.end(), random);
    auto part = history.said;
    while (!events.empty()) {
      part.events.assign(events.end() - static_cast<std::ptrdiff_t>(1 + random() % events.size()), events.end());
      events.resize(events.size() - part.events.size());
      auto first_words = part;  // corrected afterwards
      for (auto& event : first_words.events) {
        if (!event.raw_code.empty()) event.raw_text += " (first words)";  // without a code the words are the code
      }
      const bool pushed = random() % 2 == 0;
      if (random() % 3 == 0) record(parcel, first_words, end_of(history), pushed);
      for (std::size_t i = 0; i < 1 + random() % 2; ++i) record(parcel, part, end_of(history), pushed);
    }
  }
  void expect_one_state(const History& history) {
    SCOPED_TRACE(history.name);
    const auto whole = parcel_before(history);
    record(whole, history.said, end_of(history), false);
    const auto wanted = state_of(whole);
    for (int i = 0; i < 3; ++i) {
      const auto parcel = parcel_before(history);
      record_in_parts(parcel, history);
      EXPECT_EQ(state_of(parcel), wanted);
      EXPECT_EQ(
          world.value<std::int64_t>("SELECT count(*) - count(DISTINCT milestone) FROM notifications WHERE order_id = $1", parcel.order), 0);
    }
  }
};

TEST_F(TrackingOrderTest, OurHistoriesEndInOneStateWhateverComesFirst) {
  for (const auto& history : test::own_histories()) expect_one_state(history);
  EXPECT_TRUE(store::verify_timeline(world.db(), world.merchant(), std::nullopt).empty());
}

TEST_F(TrackingOrderTest, RecordedHistoriesOfEveryCarrierEndInOneStateWhateverComesFirst) {
  const auto all = test::recorded_histories();
  if (all.empty()) GTEST_SKIP() << "no recorded replies here; set ROUNDTRIP_TEST_DATA to the folder that holds carriers/payloads";
  std::map<std::string, int> taken;  // by carrier: a sample, as every part is a transaction
  for (const auto& history : all) {
    if (history.said.events.size() < 3 || ++taken[history.name.substr(0, history.name.find('/'))] > 2) continue;
    expect_one_state(history);
  }
  EXPECT_GT(taken.size(), 5U);
  EXPECT_TRUE(store::verify_timeline(world.db(), world.merchant(), std::nullopt).empty());
}

}  // namespace
}  // namespace roundtrip::usecases
