// Requests of described carriers: every value escaped for the place it stands in, credentials where they belong.
#include "described.hpp"

namespace roundtrip::carriers::test {
namespace {

CarrierAccount account() {
  CarrierAccount one;
  one.key = "key";
  one.secret = "s3cret";
  one.customer = "shop&7";
  one.token = "tok";
  return one;
}

HttpRequest request_of(const std::string& before, const std::vector<std::string>& numbers, CarrierAccount with = account()) {
  const auto carrier = described(minimal("", before));
  return carrier->track_request(with, ask(numbers));
}

TEST(DescribedRequests, AreFilledInAndEscapedForTheirPlace) {
  const auto get = request_of(
      "[request]\npath = \"/p/{number}/x\"\nquery = { lang = \"{locale}\", c = \"{customer}\" }\nheaders = { X-Shop = \"{customer}\" }\n",
      {"A/1 ?&\r\nHost: evil"});
  EXPECT_EQ(get.method, "GET");
  EXPECT_EQ(get.url, "https://bike.example/p/A%2F1%20%3F%26%0D%0AHost%3A%20evil/x?c=shop%267&lang=en");
  EXPECT_EQ(header_of(get, "X-Shop"), "shop&7");
  EXPECT_EQ(header_of(get, "Accept"), "application/json");
  EXPECT_TRUE(get.body.empty());
  const auto injected = request_of("[request]\npath = \"/p\"\nheaders = { X-Number = \"{number}\" }\n", {"1\r\nX-Evil: 1"});
  EXPECT_EQ(header_of(injected, "X-Number"), "1X-Evil: 1") << "a header stays one line";
}

TEST(DescribedRequests, BodiesAreOfTheirKind) {
  const std::string post = "[request]\nmethod = \"POST\"\npath = \"/p\"\n";
  const auto json =
      request_of("numbers_per_call = 5\n" + post + "body = '{\"n\": [\"{numbers}\"], \"k\": {}}'\nbody_is = \"json\"\njoin = '\",\"'\n",
                 {"a\"b", "c\\d"});
  EXPECT_EQ(json.body, R"({"n": ["a\"b","c\\d"], "k": {}})");
  EXPECT_EQ(Json::parse(json.body)["n"][0], "a\"b");
  EXPECT_EQ(header_of(json, "Content-Type"), "application/json");
  const auto xml = request_of(post + "body = \"<n a='{customer}'>{number}</n>\"\nbody_is = \"xml\"\n", {"<a>&'"});
  EXPECT_EQ(xml.body, "<n a='shop&amp;7'>&lt;a&gt;&amp;&apos;</n>");
  EXPECT_EQ(header_of(xml, "Content-Type"), "text/xml; charset=utf-8");
  const auto form = request_of(post + "body = \"id={number}&u={key}\"\nbody_is = \"form\"\n", {"a&b=c"});
  EXPECT_EQ(form.body, "id=a%26b%3Dc&u=key");
  const auto own = request_of(post + "body = \"{number}\"\nheaders = { content-type = \"text/csv\" }\n", {"1"});
  EXPECT_EQ(header_of(own, "content-type"), "text/csv");
  EXPECT_EQ(header_of(own, "Content-Type"), "") << "the file's own stands alone";
}

TEST(DescribedRequests, CarryTheCredentialsOfTheAccount) {
  const std::string request = "[request]\npath = \"/p/{number}\"\n";
  EXPECT_EQ(header_of(request_of(request, {"1"}), "Authorization"), "");
  EXPECT_EQ(header_of(request_of(request + "[auth]\nkind = \"basic\"\n", {"1"}), "Authorization"), "Basic a2V5OnMzY3JldA==");
  EXPECT_EQ(header_of(request_of(request + "[auth]\nkind = \"bearer\"\n", {"1"}), "Authorization"), "Bearer key");
  const auto in_header = request_of(request + "[auth]\nkind = \"header\"\nheader = \"X-Key\"\nprefix = \"Key \"\n", {"1"});
  EXPECT_EQ(header_of(in_header, "X-Key"), "Key key");
  EXPECT_EQ(header_of(request_of(request + "[auth]\nkind = \"oauth2\"\ntoken_url = \"/t\"\n", {"1"}), "Authorization"), "Bearer tok");
  auto elsewhere = account();
  elsewhere.base_url = "https://sandbox.example/api/";
  EXPECT_EQ(request_of(request, {"1"}, elsewhere).url, "https://sandbox.example/api/p/1");
}

TEST(DescribedRequests, AskForATokenAsOAuth2Says) {
  const auto basic = described(minimal("", "[auth]\nkind = \"oauth2\"\ntoken_url = \"/t\"\nscope = \"a b\"\nlives = \"/expiresIn\"\n"));
  EXPECT_TRUE(basic->capabilities().needs_token);
  const auto asked = basic->token_request(account());
  EXPECT_EQ(asked.method, "POST");
  EXPECT_EQ(asked.url, "https://bike.example/t");
  EXPECT_EQ(asked.body, "grant_type=client_credentials&scope=a%20b");
  EXPECT_EQ(header_of(asked, "Authorization"), "Basic a2V5OnMzY3JldA==");
  const auto reply = basic->parse_token(answer(200, R"({"access_token": "t", "expiresIn": "35999"})"));
  EXPECT_EQ(reply.token, "t");
  EXPECT_EQ(reply.lives_us, 35'999 * kSecond);
  EXPECT_EQ(basic->parse_token(answer(401, R"({"error": "invalid_client"})")).trouble, Trouble::auth);
  const auto body = described(minimal("", "[auth]\nkind = \"oauth2\"\ntoken_url = \"https://id.example/t\"\nclient = \"body\"\n"));
  const auto in_body = body->token_request(account());
  EXPECT_EQ(in_body.url, "https://id.example/t");
  EXPECT_EQ(in_body.body, "grant_type=client_credentials&client_id=key&client_secret=s3cret");
  EXPECT_EQ(header_of(in_body, "Authorization"), "");
}

TEST(DescribedRequests, OfTheShippedCarriersAreAsDocumented) {
  const auto of = [](const std::string& name, const std::vector<std::string>& numbers) {
    return shipped(name)->track_request(account(), ask(numbers));
  };
  EXPECT_EQ(of("sendle", {"SNFJJ3"}).url, "https://api.sendle.com/api/tracking/SNFJJ3");
  EXPECT_EQ(of("bpost", {"323212345659900040669030"}).url,
            "https://api.parcel.bpost.cloud/services/trackedmail/item/323212345659900040669030/trackingInfo");
  EXPECT_EQ(of("pitney_bowes", {"9202"}).url,
            "https://shipping-api.pitneybowes.com/shippingservices/v1/tracking/9202?carrier=PBCS&packageIdentifierType=TrackingNumber");
  const auto seko = of("seko", {"A1", "B2"});
  EXPECT_EQ(seko.body, R"(["A1","B2"])");
  EXPECT_EQ(header_of(seko, "Authorization"), "key");
  const auto ukrposhta = of("ukrposhta", {"0500128254873", "RA067022855UA"});
  EXPECT_EQ(ukrposhta.url, "https://www.ukrposhta.ua/status-tracking/0.0.1/statuses/with-not-found");
  EXPECT_EQ(ukrposhta.body, R"(["0500128254873","RA067022855UA"])");
  EXPECT_EQ(header_of(ukrposhta, "Authorization"), "Bearer key");
  EXPECT_EQ(Json::parse(of("newgistics", {"72"}).body)["searchStrings"][0], "72");
  for (const auto* name : {"chronopost", "purolator"}) {
    const auto soap = of(name, {"A<1"});
    EXPECT_EQ(soap.method, "POST") << name;
    const Document document = Document::of(soap.body);
    ASSERT_TRUE(document.xml) << name << " " << document.fault;
    EXPECT_NE(soap.body.find("A&lt;1"), std::string::npos) << name;
    EXPECT_TRUE(std::ranges::any_of(soap.headers, [](const auto& one) { return one.first == "SOAPAction"; })) << name;
  }
  EXPECT_FALSE(shipped("meest")->apis().front().request) << "its signature is made by no template";
}

}  // namespace
}  // namespace roundtrip::carriers::test
