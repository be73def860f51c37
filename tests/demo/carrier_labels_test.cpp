// The demo carrier sells labels in the languages of real ones: bought, tracked, voided and manifested by the real adapters over sockets.
#include <algorithm>
#include <set>

#include "carriers/identify.hpp"
#include "carriers/shipping.hpp"
#include "spoken_carriers.hpp"

namespace roundtrip::demo {
namespace {
using carriers::Direction;
using carriers::LabelOrder;
using carriers::Trouble;

// A shop and a customer where the carrier is at home.
LabelOrder sample_order(const std::string& name, Direction direction) {
  const bool german = name == "dhl";
  const carriers::Party shop{german ? domain::Address{"", "Kontor", "Lange Str. 1", "", "Bonn", "", "53113", "DE", "+49 228 1"}
                                    : domain::Address{"", "Store", "1 Depot Road", "", "Toledo", "OH", "43604", "US", "+1 419 555 0100"},
                             "shop@store.test"};
  const carriers::Party buyer{
      german ? domain::Address{"Anna Berg", "", "Markt 5", "", "Leipzig", "", "04109", "DE", ""}
             : domain::Address{"Ann Bohm", "", "12 Elm Street", "Apt 4", "Albany", "NY", "12207", "US", "+1 518 555 0101"},
      "ann@example.test"};
  LabelOrder order;
  order.reference = "label-0077";
  order.direction = direction;
  order.from = direction == Direction::back ? buyer : shop;
  order.to = direction == Direction::back ? shop : buyer;
  order.weight_g = 1200;
  order.currency = german ? "EUR" : "USD";
  order.contents = {{"Wool sweater", 2, 4900, 300, "611011", "PT"}};
  order.rma = "RMA-5";
  return order;
}

struct CarrierLabels : SpokenCarriers {
  carriers::CarrierAccount buyer(const std::string& name) {
    auto mine = account(name);
    if (name == "ups") mine.customer = "A1B2C3";
    if (name == "fedex") mine.customer = "740561073";
    if (name == "usps") mine.customer = "12345678/900000001/900000002/1000000001";
    if (name == "dhl") mine.customer = "user=shop;password=secret;billing=33333333330101;receiver=deu";
    mine.payment_token = payment;
    return mine;
  }
  static const carriers::Shipping& shipping(const std::string& name) { return *carriers::find_carrier(name)->shipping(); }

  carriers::LabelReply buy(const std::string& name, LabelOrder order) {
    order.ship_at = at;
    if (carriers::find_carrier(name)->capabilities().needs_token && tokens[name].empty()) take_token(name);
    if (const auto request = shipping(name).payment_request(buyer(name)); request && payment.empty())
      payment = shipping(name).parse_payment(transport.send(*request)).token;
    const auto mine = buyer(name);
    auto reply = shipping(name).parse_label(transport.send(shipping(name).label_request(mine, order)));
    for (auto& document : reply.label.documents) {
      if (!document.bytes.empty()) continue;
      const auto fetched = shipping(name).parse_document(transport.send(shipping(name).document_request(mine, document)), document);
      EXPECT_EQ(fetched.trouble, Trouble::none) << name << " " << fetched.detail;
      if (fetched.trouble == Trouble::none) document = fetched.label.documents.at(0);
    }
    return reply;
  }
  carriers::VoidReply void_label(const std::string& name, const std::string& id) {
    return shipping(name).parse_void(transport.send(shipping(name).void_request(buyer(name), id)));
  }
  carriers::ManifestReply manifest(const std::string& name, const std::vector<std::string>& ids) {
    carriers::ManifestOrder order{ids, sample_order(name, Direction::outbound).from, at};
    return shipping(name).parse_manifest(transport.send(shipping(name).manifest_request_for(buyer(name), order)));
  }
  // DHL Unified is asked once in five seconds.
  carriers::TrackedNumber track(const std::string& name, const std::string& number) {
    if (name == "dhl") at = at + 6 * kSecond;
    auto reply = ask(name, {number});
    if (reply.trouble == Trouble::auth) {
      take_token(name);
      reply = ask(name, {number});
    }
    EXPECT_EQ(reply.trouble, Trouble::none) << name << " " << reply.detail;
    return reply.items.empty() ? carriers::TrackedNumber{} : reply.items.front();
  }

  std::string payment;
};

const std::vector<std::string> kSellers = {"ups", "dhl"};

bool identifies(const std::string& name, const std::string& number) {
  const auto candidates = carriers::identify(number);
  return std::any_of(candidates.begin(), candidates.end(), [&](const auto& one) { return one.carrier == name; });
}

TEST_F(CarrierLabels, ABoughtLabelIsARealDocumentAndAParcelUnderItsNumber) {
  for (const auto& name : kSellers) {
    for (const auto direction : {Direction::outbound, Direction::back}) {
      const auto reply = buy(name, sample_order(name, direction));
      ASSERT_EQ(reply.trouble, Trouble::none) << name << " " << reply.detail;
      const auto& label = reply.label;
      const std::string owner = name == "easypost" ? "usps" : name;
      EXPECT_TRUE(carriers::find_carrier(owner)->is_number(label.number)) << name << " " << label.number;
      EXPECT_TRUE(identifies(owner, label.number)) << name << " " << label.number;
      ASSERT_FALSE(label.documents.empty()) << name;
      EXPECT_GT(label.documents[0].bytes.size(), 1000u) << name;
      EXPECT_EQ(label.documents[0].format, name == "ups" ? "png" : "pdf") << name;
      const auto item = track(name, label.number);
      EXPECT_EQ(item.trouble, Trouble::none) << name << " " << item.detail;
      EXPECT_EQ(status_of(item), "pre_transit") << name;
      EXPECT_NEAR(item.weight_g.value_or(1200), 1200, 60) << name;
    }
  }
}

TEST_F(CarrierLabels, AnUnusedLabelIsVoidedOnce) {
  for (const auto& name : kSellers) {
    const auto label = buy(name, sample_order(name, Direction::outbound)).label;
    const auto voided = void_label(name, label.void_id);
    EXPECT_EQ(voided.trouble, Trouble::none) << name << " " << voided.detail;
    EXPECT_NE(void_label(name, label.void_id).trouble, Trouble::none) << name << ": voided before";
    at = at + 2 * kDay;
    const auto item = track(name, label.number);
    EXPECT_TRUE(item.trouble == Trouble::not_found || item.events.size() == 2) << name << ": nothing happens to it any more";
    EXPECT_NE(status_of(item), "in_transit") << name;
    at = at - 2 * kDay;
  }
}

TEST_F(CarrierLabels, APickedUpParcelAndAnUnknownLabelCannotBeVoided) {
  for (const auto& name : kSellers) {
    const auto label = buy(name, sample_order(name, Direction::outbound)).label;
    at = at + kDay;
    EXPECT_EQ(status_of(track(name, label.number)), "in_transit") << name;  // and a new token, where there are tokens
    const auto late = void_label(name, label.void_id);
    EXPECT_EQ(late.trouble, Trouble::bad_request) << name << " " << late.detail;
    EXPECT_FALSE(late.detail.empty()) << name;
    const auto unknown = void_label(name, name == "ups" ? "1ZA1B2C30312345674" : "00340434000000000001");
    EXPECT_TRUE(unknown.trouble == Trouble::bad_request || unknown.trouble == Trouble::not_found) << name << " " << unknown.detail;
  }
}

TEST_F(CarrierLabels, WhatTheCarrierWantsToKnowIsMissed) {
  for (const auto& name : kSellers) {
    auto weightless = sample_order(name, Direction::outbound);
    weightless.weight_g = name == "dhl" ? 40'000 : 0;  // DHL's adapter always tells a weight
    auto nowhere = sample_order(name, Direction::outbound);
    nowhere.to.address.postal_code = "";
    auto unserved = sample_order(name, Direction::outbound);
    unserved.service = "XX";
    for (const auto& order : {weightless, nowhere, unserved}) {
      const auto reply = buy(name, order);
      EXPECT_EQ(reply.trouble, Trouble::bad_request) << name << " " << reply.detail;
      EXPECT_FALSE(reply.detail.empty()) << name;
    }
  }
}

TEST_F(CarrierLabels, ASaleWhoseAnswerIsLostIsMadeAllTheSame) {
  for (const auto& name : kSellers) {
    buy(name, sample_order(name, Direction::outbound));  // a token, where one is needed
    own("/v1/control", {{"mode", "lost"}, {"calls", 1}});
    EXPECT_EQ(buy(name, sample_order(name, Direction::outbound)).trouble, Trouble::service) << name;
    for (const auto& [mode, trouble] :
         {std::pair{"unauthorized", Trouble::auth}, {"rate_limit", Trouble::rate_limited}, {"error", Trouble::service}}) {
      own("/v1/control", {{"mode", mode}, {"calls", 1}});
      EXPECT_EQ(buy(name, sample_order(name, Direction::outbound)).trouble, trouble) << name << " " << mode;
    }
  }
}

TEST_F(CarrierLabels, TheStoryIsAskedForInAnAddress) {
  for (const auto& name : kSellers) {
    auto order = sample_order(name, Direction::outbound);
    order.to.address.line2 = "demo:attempted";
    const auto label = buy(name, order).label;
    at = at + kDay * 4 + kHour * 2;
    const auto item = track(name, label.number);
    const auto attempt = std::find_if(item.events.begin(), item.events.end(),
                                      [](const auto& event) { return event.status == domain::TrackingStatus::delivery_attempted; });
    EXPECT_TRUE(attempt != item.events.end()) << name;
    tokens.clear();
    at = at - (kDay * 4 + kHour * 2);
  }
}

TEST_F(CarrierLabels, DhlClosesALabelOnceAndThenNoLongerDeletesIt) {
  const auto label = buy("dhl", sample_order("dhl", Direction::outbound)).label;
  EXPECT_EQ(manifest("dhl", {label.number}).trouble, Trouble::none);
  EXPECT_EQ(void_label("dhl", label.void_id).trouble, Trouble::bad_request);
  const auto mixed = manifest("dhl", {buy("dhl", sample_order("dhl", Direction::outbound)).label.number, "00340434000000000001"});
  EXPECT_EQ(mixed.trouble, Trouble::none);
  EXPECT_NE(mixed.detail.find("Unknown shipment number"), std::string::npos) << mixed.detail;
  EXPECT_EQ(manifest("dhl", {"00340434000000000001"}).trouble, Trouble::bad_request);
}

TEST_F(CarrierLabels, DhlWantsThePortalsUserBesideTheKey) {
  auto mine = buyer("dhl");
  mine.customer = "user=shop;password=wrong;billing=33333333330101;receiver=deu";
  const auto order = sample_order("dhl", Direction::outbound);
  EXPECT_EQ(shipping("dhl").parse_label(transport.send(shipping("dhl").label_request(mine, order))).trouble, Trouble::auth);
  mine = buyer("dhl");
  mine.key = "wrong";
  EXPECT_EQ(shipping("dhl").parse_label(transport.send(shipping("dhl").label_request(mine, order))).trouble, Trouble::auth);
}

TEST_F(CarrierLabels, ADhlReturnCanHaveACodeForTheCounter) {
  auto order = sample_order("dhl", Direction::back);
  order.qr = true;
  const auto reply = buy("dhl", order);
  ASSERT_EQ(reply.label.documents.size(), 2u) << reply.detail;
  EXPECT_EQ(reply.label.documents[1].part, carriers::LabelPart::qr);
  EXPECT_EQ(reply.label.documents[1].format, "png");
}

TEST_F(CarrierLabels, WithoutIdempotencyTheSameOrderAgainIsAnotherLabel) {
  for (const std::string name : {"ups", "dhl"}) {
    const auto order = sample_order(name, Direction::outbound);
    EXPECT_NE(buy(name, order).label.number, buy(name, order).label.number) << name;
  }
}

}  // namespace
}  // namespace roundtrip::demo
