// The demo carrier sells labels in the languages of real ones: bought, tracked, voided and manifested by the real adapters over sockets.
#include <algorithm>
#include <set>

#include "carriers/identify.hpp"
#include "carriers/label_orders.hpp"
#include "carriers/shipping.hpp"
#include "spoken_carriers.hpp"

namespace roundtrip::demo {
namespace {
using carriers::Direction;
using carriers::LabelOrder;
using carriers::Trouble;

// A shop and a customer where the carrier is at home.
LabelOrder sample_order(const std::string& name, Direction direction, const std::string& reference = "label-0077") {
  namespace test = carriers::test;
  return name == "dhl" ? test::order_between(test::german_shop(), test::german_customer(), direction, reference)
                       : test::order_between(test::american_shop(), test::american_customer(), direction, reference);
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

  std::string take_payment() {
    return shipping("usps").parse_payment(transport.send(shipping("usps").payment_request(buyer("usps")).value())).token;
  }
  carriers::LabelReply buy(const std::string& name, LabelOrder order) {
    order.ship_at = at;
    if (carriers::find_carrier(name)->capabilities().needs_token) take_token(name);
    if (name == "usps" && payment.empty()) payment = take_payment();
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
    if (name == "usps") payment = take_payment();  // the last one may be old
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
    if (reply.trouble == Trouble::auth) {  // the token is older than an hour
      take_token(name);
      reply = ask(name, {number});
    }
    EXPECT_EQ(reply.trouble, Trouble::none) << name << " " << reply.detail;
    return reply.items.empty() ? carriers::TrackedNumber{} : reply.items.front();
  }

  std::string payment;
};

const std::vector<std::string> kSellers = {"ups", "fedex", "usps", "dhl", "easypost"};

const std::map<std::string, std::string> kUnknownIds = {{"ups", "1ZA1B2C30312345674"},
                                                        {"fedex", "790000000000"},
                                                        {"usps", "9400190370000100000000"},
                                                        {"dhl", "00340434000000000001"},
                                                        {"easypost", "shp_0"}};

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
    const auto unknown = void_label(name, kUnknownIds.at(name));
    EXPECT_TRUE(unknown.trouble == Trouble::bad_request || unknown.trouble == Trouble::not_found) << name << " " << unknown.detail;
    EXPECT_NE(unknown.detail, late.detail) << name;
  }
}

TEST_F(CarrierLabels, WhatTheCarrierWantsToKnowIsMissed) {
  for (const auto& name : kSellers) {
    auto weightless = sample_order(name, Direction::outbound);
    weightless.weight_g = name == "dhl" || name == "usps" ? 40'000 : 0;  // their adapters always tell a weight: one too high
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

TEST_F(CarrierLabels, AcrossABorderTheContentsAreDeclaredOrNothingIsSold) {
  for (const std::string name : {"fedex", "dhl", "easypost"}) {
    auto order = sample_order(name, Direction::outbound);
    order.to.address.country = name == "dhl" ? "CH" : "CA";
    order.to.address.region = name == "dhl" ? "" : "ON";
    order.to.address.postal_code = name == "dhl" ? "8005" : "K1A 0B1";
    if (name == "dhl") order.service = "V01PAK";  // what the account's billing number is for
    const auto sold = buy(name, order);
    ASSERT_EQ(sold.trouble, Trouble::none) << name << " " << sold.detail;
    EXPECT_TRUE(std::any_of(sold.label.documents.begin(), sold.label.documents.end(), [](const auto& document) {
      return document.part == carriers::LabelPart::customs_form && document.format == "pdf" && !document.bytes.empty();
    })) << name;
    order.contents.clear();
    EXPECT_EQ(buy(name, order).trouble, Trouble::bad_request) << name;
  }
}

TEST_F(CarrierLabels, ASaleWhoseAnswerIsLostIsMadeAllTheSame) {
  for (const auto& name : kSellers) {
    buy(name, sample_order(name, Direction::outbound));  // a token, where one is needed
    const int before = server.labels_sold();
    own("/v1/control", {{"mode", "lost"}, {"calls", 1}});
    EXPECT_EQ(buy(name, sample_order(name, Direction::outbound, "label-lost")).trouble, Trouble::service) << name;
    EXPECT_EQ(server.labels_sold(), before + 1) << name;
    buy(name, sample_order(name, Direction::outbound, "label-lost"));
    EXPECT_EQ(server.labels_sold(), name == "usps" ? before + 1 : before + 2) << name << ": only USPS knows the order again";
    for (const auto& [mode, trouble] :
         {std::pair{"unauthorized", Trouble::auth}, {"rate_limit", Trouble::rate_limited}, {"error", Trouble::service}}) {
      own("/v1/control", {{"mode", mode}, {"calls", 1}});
      const int sold = server.labels_sold();
      EXPECT_EQ(buy(name, sample_order(name, Direction::outbound)).trouble, trouble) << name << " " << mode;
      EXPECT_EQ(server.labels_sold(), sold) << name << " " << mode;
    }
  }
}

TEST_F(CarrierLabels, TheStoryIsAskedForInAnAddress) {
  for (const auto& name : kSellers) {
    auto order = sample_order(name, Direction::outbound);
    order.to.address.line2 = "demo:pickup";
    const auto label = buy(name, order).label;
    at = at + kDay * 4 + kHour * 2;
    const auto item = track(name, label.number);
    const auto waiting = std::find_if(item.events.begin(), item.events.end(),
                                      [](const auto& event) { return event.status == domain::TrackingStatus::available_for_pickup; });
    EXPECT_TRUE(waiting != item.events.end()) << name;
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

TEST_F(CarrierLabels, UspsPutsALabelOnOneFormAndDisputesItThen) {
  const auto one = buy("usps", sample_order("usps", Direction::outbound)).label;
  const auto two = buy("usps", sample_order("usps", Direction::outbound, "label-0078")).label;
  ASSERT_NE(one.number, two.number);
  const auto form = manifest("usps", {one.number, two.number});
  ASSERT_EQ(form.trouble, Trouble::none) << form.detail;
  EXPECT_EQ(form.manifest_id.size(), 22u);
  ASSERT_EQ(form.documents.size(), 1u);
  EXPECT_EQ(form.documents[0].format, "pdf");
  EXPECT_EQ(manifest("usps", {one.number}).trouble, Trouble::bad_request) << "a form takes a number once";
  EXPECT_EQ(manifest("usps", {kUnknownIds.at("usps")}).trouble, Trouble::bad_request);
  EXPECT_TRUE(void_label("usps", one.void_id).pending) << "a refund is asked for, and decided later";
  const auto again = void_label("usps", one.void_id);
  EXPECT_NE(again.detail.find("already been submitted"), std::string::npos) << again.detail;
}

TEST_F(CarrierLabels, UspsGivesTheSameLabelForTheSameIdempotencyKeyAndOrder) {
  auto order = sample_order("usps", Direction::outbound);
  const auto first = buy("usps", order).label;
  EXPECT_EQ(buy("usps", order).label.number, first.number);
  EXPECT_EQ(buy("usps", order).label.documents.at(0).bytes, first.documents.at(0).bytes);
  order.weight_g = 2400;
  EXPECT_EQ(buy("usps", order).trouble, Trouble::bad_request) << "the key belongs to another order";
}

TEST_F(CarrierLabels, UspsSellsOnlyForAPaymentToken) {
  buy("usps", sample_order("usps", Direction::outbound));
  payment = "stolen";
  const auto refused = buy("usps", sample_order("usps", Direction::outbound, "label-0080"));
  EXPECT_EQ(refused.trouble, Trouble::auth) << refused.detail;
  payment.clear();
  EXPECT_EQ(buy("usps", sample_order("usps", Direction::outbound, "label-0080")).trouble, Trouble::none);
  at = at + 8 * kHour;
  EXPECT_EQ(buy("usps", sample_order("usps", Direction::outbound, "label-0081")).trouble, Trouble::auth) << "it lives eight hours";
}

TEST_F(CarrierLabels, UspsAnswersInPartsUnlessAskedForOneDocument) {
  for (const auto direction : {Direction::outbound, Direction::back}) {
    const auto order = sample_order("usps", direction, direction == Direction::back ? "label-0082" : "label-0083");
    const auto whole = buy("usps", order).label;
    auto ordered = order;
    ordered.ship_at = at;
    auto request = shipping("usps").label_request(buyer("usps"), ordered);
    std::erase_if(request.headers, [](const auto& header) { return header.first == "Accept"; });
    const auto parts = shipping("usps").parse_label(transport.send(request));
    ASSERT_EQ(parts.trouble, Trouble::none) << parts.detail;
    EXPECT_EQ(parts.label.number, whole.number);
    EXPECT_EQ(parts.label.documents.at(0).bytes, whole.documents.at(0).bytes);
  }
}

TEST_F(CarrierLabels, UspsHasACodeForThePostOffice) {
  auto order = sample_order("usps", Direction::back);
  order.qr = true;
  const auto reply = buy("usps", order);
  ASSERT_EQ(reply.label.documents.size(), 2u) << reply.detail;
  EXPECT_EQ(reply.label.documents[0].part, carriers::LabelPart::qr);
  EXPECT_EQ(reply.label.documents[0].format, "png");
  EXPECT_EQ(reply.label.documents[1].format, "pdf");
}

TEST_F(CarrierLabels, EasyPostHasAScanFormBehindALink) {
  const auto label = buy("easypost", sample_order("easypost", Direction::outbound)).label;
  const auto form = manifest("easypost", {label.void_id});
  ASSERT_EQ(form.trouble, Trouble::none) << form.detail;
  ASSERT_EQ(form.documents.size(), 1u);
  const auto fetched =
      shipping("easypost")
          .parse_document(transport.send(shipping("easypost").document_request(buyer("easypost"), form.documents[0])), form.documents[0]);
  ASSERT_EQ(fetched.trouble, Trouble::none) << fetched.detail;
  EXPECT_EQ(fetched.label.documents.at(0).format, "pdf");
  EXPECT_EQ(manifest("easypost", {label.void_id}).trouble, Trouble::bad_request);
  EXPECT_NE(manifest("easypost", {"shp_0"}).trouble, Trouble::none);
  EXPECT_TRUE(void_label("easypost", label.void_id).pending);
}

TEST_F(CarrierLabels, LabelsComeInTheFormatAskedFor) {
  for (const auto& name : kSellers) {
    for (const std::string format : {"png", "zpl"}) {
      auto order = sample_order(name, Direction::outbound, "format-" + format);
      order.format = format;
      const auto reply = buy(name, order);
      ASSERT_EQ(reply.trouble, Trouble::none) << name << " " << reply.detail;
      EXPECT_EQ(reply.label.documents.at(0).format, name == "dhl" && format == "png" ? "pdf" : format) << name;
    }
  }
}

TEST_F(CarrierLabels, LabelsOutliveTheCarriersProcess) {
  const std::string file = testing::TempDir() + "carrier-labels.jsonl";
  std::remove(file.c_str());
  const auto options = [&] {
    return CarrierServerOptions{.key = "secret", .state_file = file, .day_us = kDay, .clock = [this] { return at; }};
  };
  auto mine = buyer("dhl");
  auto order = sample_order("dhl", Direction::outbound);
  order.ship_at = at;
  std::string number;
  {
    const CarrierServer first(options());
    mine.base_url = first.url();
    number = shipping("dhl").parse_label(transport.send(shipping("dhl").label_request(mine, order))).label.number;
    ASSERT_FALSE(number.empty());
  }
  {
    const CarrierServer second(options());
    mine.base_url = second.url();
    EXPECT_EQ(shipping("dhl").parse_void(transport.send(shipping("dhl").void_request(mine, number))).trouble, Trouble::none);
  }
  const CarrierServer third(options());
  mine.base_url = third.url();
  EXPECT_EQ(shipping("dhl").parse_void(transport.send(shipping("dhl").void_request(mine, number))).trouble, Trouble::bad_request);
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
  for (const std::string name : {"ups", "fedex", "dhl", "easypost"}) {
    const auto order = sample_order(name, Direction::outbound);
    EXPECT_NE(buy(name, order).label.number, buy(name, order).label.number) << name;
  }
}

}  // namespace
}  // namespace roundtrip::demo
