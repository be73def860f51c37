// Canada Post's authorized returns: the request against the schema's rules, the reply, the label behind its link, errors.
#include "../replies.hpp"
#include "carriers/canada_post/canada_post.hpp"
#include "carriers/shipping.hpp"

namespace roundtrip::carriers::test {
namespace {
const Shipping& canada_shipping() { return *canada_post_carrier().shipping(); }

CarrierAccount returning_account() {
  CarrierAccount account;
  account.key = "user";
  account.secret = "pass";
  account.customer = "2004381/42708517";
  return account;
}
LabelOrder canada_order() {
  LabelOrder order;
  order.reference = "R-100-1";
  order.direction = Direction::back;
  order.from.address = {"Anne Côté", "", "12 rue de l'Église & Fils", "App 3", "Québec", "QC", "G1K 4M7", "CA", ""};
  order.to.address = {"", "Shop <Returns> Ltd", "1 Dock Rd", "", "Ottawa", "ON", "k1a0b1", "CA", ""};
  order.weight_g = 1234;
  order.length_mm = 305;
  order.width_mm = 200;
  order.height_mm = 99;
  order.rma = "RMA-7";
  return order;
}

TEST(CanadaPostReturns, RequestFollowsTheSchema) {
  const auto request = canada_shipping().label_request(returning_account(), canada_order());
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://soa-gw.canadapost.ca/rs/2004381/2004381/authorizedreturn");
  EXPECT_EQ(header_of(request, "Accept"), "application/vnd.cpc.authreturn-v2+xml");
  EXPECT_EQ(header_of(request, "Content-Type"), "application/vnd.cpc.authreturn-v2+xml");
  EXPECT_EQ(header_of(request, "Authorization"), "Basic dXNlcjpwYXNz");
  EXPECT_EQ(request.body,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><authorized-return xmlns=\"http://www.canadapost.ca/ws/authreturn-v2\">"
            "<service-code>DOM.EP</service-code><returner><name>Anne Côté</name><domestic-address>"
            "<address-line-1>12 rue de l'Église &amp; Fils</address-line-1><address-line-2>App 3</address-line-2><city>Québec</city>"
            "<province>QC</province><postal-code>G1K4M7</postal-code></domestic-address></returner><receiver>"
            "<name>Shop Ltd</name><domestic-address><address-line-1>1 Dock Rd</address-line-1><city>Ottawa</city>"
            "<province>ON</province><postal-code>K1A0B1</postal-code></domestic-address></receiver><parcel-characteristics>"
            "<weight>1.234</weight><dimensions><length>30.5</length><width>20.0</width><height>9.9</height></dimensions>"
            "</parcel-characteristics><print-preferences><output-format>4x6</output-format><encoding>PDF</encoding>"
            "<show-packing-instructions>false</show-packing-instructions></print-preferences><settlement-info>"
            "<contract-id>42708517</contract-id></settlement-info><references><customer-ref-1>RMA-7</customer-ref-1>"
            "<customer-ref-2>R-100-1</customer-ref-2></references></authorized-return>");
}

TEST(CanadaPostReturns, WhatIsNotKnownIsLeftOutAndWhatIsLongIsCut) {
  auto order = canada_order();
  order.weight_g = order.length_mm = 0;
  order.rma = order.reference = "";
  order.format = "zpl";
  order.from.address.line1 = std::string(43, 'x') + "éé";
  auto account = returning_account();
  account.customer = "2004381";
  const Document document = Document::of(canada_shipping().label_request(account, order).body);
  ASSERT_TRUE(document.xml);
  const auto root = document.xml->document_element();
  EXPECT_FALSE(at(root, "parcel-characteristics"));
  EXPECT_FALSE(at(root, "references"));
  EXPECT_FALSE(at(root, "settlement-info"));
  EXPECT_EQ(text(root, "print-preferences/encoding"), "ZPL");
  EXPECT_EQ(text(root, "returner/domestic-address/address-line-1"), std::string(43, 'x') + "é");
}

std::string info(const std::string& pin, const std::string& links) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><authorized-return-info xmlns=\"http://www.canadapost.ca/ws/authreturn-v2\">"
         "<tracking-pin>" +
         pin +
         "</tracking-pin><public-key-info><expiry-date>2026-12-20T00:00:00-05:00</expiry-date><url>https://example.com/l</url>"
         "</public-key-info><links>" +
         links + "</links></authorized-return-info>";
}
const std::string kLink =
    "<link rel=\"returnLabel\" href=\"https://soa-gw.canadapost.ca/rs/artifact/76108cb5192002d5/10238/0\" media-type=\"application/pdf\" "
    "index=\"0\"/>";

TEST(CanadaPostReturns, ReplyIsAPinAndALink) {
  const auto reply = canada_shipping().parse_label(answer(200, info("7035114477138472", kLink)));
  ASSERT_EQ(reply.trouble, Trouble::none) << reply.detail;
  EXPECT_EQ(reply.label.number, "7035114477138472");
  EXPECT_EQ(reply.label.void_id, "") << "it is not voided: unused it costs nothing";
  EXPECT_EQ(reply.label.expires_at, parse_rfc3339("2026-12-20T05:00:00Z"));
  ASSERT_EQ(reply.label.documents.size(), 1u);
  EXPECT_EQ(reply.label.documents[0].bytes, "");
  EXPECT_EQ(reply.label.documents[0].url, "https://soa-gw.canadapost.ca/rs/artifact/76108cb5192002d5/10238/0");
  EXPECT_EQ(canada_shipping().parse_void(answer(200, "")).trouble, Trouble::bad_request);
}

TEST(CanadaPostReturns, TheLabelIsFetchedWithTheCredentialsOnlyFromCanadaPost) {
  LabelDocument document{LabelPart::label, "pdf", "", "https://soa-gw.canadapost.ca/rs/artifact/1/2/0"};
  auto request = canada_shipping().document_request(returning_account(), document);
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.url, document.url);
  EXPECT_EQ(header_of(request, "Accept"), "application/pdf");
  EXPECT_EQ(header_of(request, "Authorization"), "Basic dXNlcjpwYXNz");
  for (const char* elsewhere :
       {"https://evil.example/soa-gw.canadapost.ca/", "https://soa-gw.canadapost.ca.evil.example/x", "http://soa-gw.canadapost.ca/x"}) {
    document.url = elsewhere;
    EXPECT_EQ(header_of(canada_shipping().document_request(returning_account(), document), "Authorization"), "") << elsewhere;
  }
  document.url = "https://soa-gw.canadapost.ca/rs/artifact/1/2/0";
  const auto got = canada_shipping().parse_document(answer(200, "%PDF-1.4 a label"), document);
  ASSERT_EQ(got.label.documents.size(), 1u);
  EXPECT_EQ(got.label.documents[0].bytes, "%PDF-1.4 a label");
  EXPECT_EQ(got.label.documents[0].format, "pdf");
  EXPECT_EQ(canada_shipping().parse_document(answer(202, ""), document).trouble, Trouble::service) << "not drawn yet";
  EXPECT_EQ(canada_shipping().parse_document(answer(200, "hello"), document).trouble, Trouble::bad_reply);
  EXPECT_EQ(
      canada_shipping()
          .parse_document(answer(200, "<messages><message><code>E002</code><description>x</description></message></messages>"), document)
          .trouble,
      Trouble::auth);
  EXPECT_EQ(canada_shipping().parse_document(answer(404, ""), document).trouble, Trouble::not_found);
}

struct ReturnError {
  int status;
  std::string body;
  Trouble trouble;
};
TEST(CanadaPostReturns, ErrorsAreToldApart) {
  const auto messages = [](const std::string& code) {
    return "<messages xmlns=\"http://www.canadapost.ca/ws/messages\"><message><code>" + code +
           "</code><description>Said so</description></message></messages>";
  };
  const ReturnError kCases[] = {
      {400, messages("1640"), Trouble::bad_request},
      {401, messages("E002"), Trouble::auth},
      {403, messages("AA004"), Trouble::auth},
      {500, messages("Server"), Trouble::rate_limited},
      {503, "", Trouble::service},
      {200, messages("1641"), Trouble::bad_request},
      {200, "", Trouble::bad_reply},
      {200, "<other/>", Trouble::bad_reply},
      {200, info("", kLink), Trouble::bad_reply},
      {200, info("7035114477138472", ""), Trouble::bad_reply},
      {200, info("7035114477138472", "<link rel=\"self\" href=\"https://x/\" media-type=\"x\"/>"), Trouble::bad_reply},
  };
  for (const auto& one : kCases) {
    const auto reply = canada_shipping().parse_label(answer(one.status, one.body));
    EXPECT_EQ(reply.trouble, one.trouble) << one.status << " " << one.body << " " << reply.detail;
    EXPECT_TRUE(reply.label.number.empty());
  }
}

TEST(CanadaPostReturns, HostileReplies) {
  const std::string good = info("7035114477138472", kLink);
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_EQ(canada_shipping().parse_label(answer(200, good.substr(0, size))).trouble, Trouble::bad_reply) << "cut at " << size;
  }
  std::string deep;
  for (int i = 0; i < 50'000; ++i) deep += "<a>";
  for (const auto& body : {good + std::string(10'000'000, ' '), deep, std::string("<!DOCTYPE l [<!ENTITY a \"aaaa\">]><l>&a;</l>"),
                           std::string("{\"tracking-pin\": 1}"), std::string("\xFF\xFE")}) {
    EXPECT_EQ(canada_shipping().parse_label(answer(200, body)).trouble, Trouble::bad_reply) << body.substr(0, 30);
  }
}

}  // namespace
}  // namespace roundtrip::carriers::test
