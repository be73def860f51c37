// The demo carrier's pick-ups are as strict as a carrier's.
#include "demo/pickup_book.hpp"

#include <gtest/gtest.h>

namespace roundtrip::demo {
namespace {

const Instant kFriday = parse_rfc3339("2026-11-20T10:00:00Z").value();
PickupCall good() { return {"pku_1", "{}", "2026-11-23", {"Ana", "Rua A 1", "1000-001", "Lisboa", "PT"}}; }

TEST(PickupBook, IsBookedOnceUnderItsKeyAndCanceledTwiceAsOnce) {
  PickupBook book;
  const auto first = book.book(good(), true, kFriday), again = book.book(good(), true, kFriday);
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(first.pickup.confirmation, again.pickup.confirmation);
  EXPECT_EQ(book.standing(), 1U);
  auto other = good();
  other.content = R"({"day":"2026-11-24"})";
  EXPECT_EQ(book.book(other, true, kFriday).status, 409) << "another pick-up under the same key";
  EXPECT_TRUE(book.cancel(first.pickup.id));
  EXPECT_TRUE(book.cancel(first.pickup.id));
  EXPECT_FALSE(book.cancel("PU1"));
  EXPECT_EQ(book.standing(), 0U);
}

TEST(PickupBook, NobodyComesForAnOfferThatIsNotTakenUp) {
  PickupBook book;
  const auto offered = book.offer(good(), true, kFriday);
  EXPECT_EQ(offered.status, 201);
  EXPECT_EQ(book.standing(), 0U);
  EXPECT_FALSE(book.take_up(offered.pickup.id)->confirmation.empty());
  EXPECT_FALSE(book.take_up(offered.pickup.id)) << "booked already";
  EXPECT_EQ(book.standing(), 1U);
  EXPECT_EQ(book.offer(good(), false, kFriday).status, 404);
}

TEST(PickupBook, RefusesWhatACarrierWouldRefuse) {
  PickupBook book;
  const auto refusal = [&](auto change, bool known = true) {
    auto call = good();
    change(call);
    return book.book(call, known, kFriday).fault;
  };
  EXPECT_EQ(refusal([](auto& call) { call.key.clear(); }), "idempotency_key");
  EXPECT_EQ(refusal([](auto&) {}, false), "unknown_parcel");
  EXPECT_EQ(refusal([](auto& call) { call.door.line1.clear(); }), "address.line1");
  EXPECT_EQ(refusal([](auto& call) { call.door.country = "Portugal"; }), "address.country");
  EXPECT_EQ(refusal([](auto& call) { call.day = "2026-11-21"; }), "day") << "a Saturday";
  EXPECT_EQ(refusal([](auto& call) { call.day = "2026-11-19"; }), "day") << "it is over";
  EXPECT_EQ(refusal([](auto& call) { call.day = "2027-02-01"; }), "day") << "too far ahead";
  EXPECT_EQ(book.standing(), 0U);
}

}  // namespace
}  // namespace roundtrip::demo
