// Nova Poshta: requests, replies with Kyiv times, errors and hostile forms. All replies are invented after the documented format.
#include <set>

#include "../replies.hpp"
#include "carriers/nova_poshta/codes.hpp"

namespace roundtrip::carriers::test {
namespace {
const Carrier& nova_poshta() { return *find_carrier("nova_poshta"); }
const Api& status_documents() { return api_of(nova_poshta(), "status_documents"); }

std::string documents(const std::string& list) {
  return R"({"success":true,"data":[)" + list + R"(],"errors":[],"warnings":[{"ID_1":"phone"}],"errorCodes":[]})";
}
std::string document(const std::string& code, const std::string& more = "") {
  return R"({"Number":"20450000000001","StatusCode":")" + code +
         R"(","Status":"Стан","TrackingUpdateDate":"2026-07-08 15:16:53","CitySender":"Львів","CityRecipient":"Харків",)" + more +
         R"("DocumentWeight":2.5,"RefEW":"ref-1","ScheduledDeliveryDate":"09-07-2026 12:00:00"})";
}

TEST(NovaPoshta, RequestHoldsTheKeyInItsBody) {
  CarrierAccount account;
  account.key = "key";
  const auto request = nova_poshta().track_request(account, ask({"20450000000001", "20450000000002"}));
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://api.novaposhta.ua/v2.0/json/");
  EXPECT_EQ(header_of(request, "Content-Type"), "application/json");
  EXPECT_EQ(request.body, R"({"apiKey":"key","calledMethod":"getStatusDocuments","methodProperties":{"Documents":[)"
                          R"({"DocumentNumber":"20450000000001"},{"DocumentNumber":"20450000000002"}]},"modelName":"TrackingDocument"})");
  account.customer = "380600000000";
  EXPECT_NE(nova_poshta().track_request(account, ask({"1"})).body.find(R"({"DocumentNumber":"1","Phone":"380600000000"})"),
            std::string::npos);
}

TEST(NovaPoshta, ReadsTheStateInKyivTime) {
  const auto reply = read_reply(status_documents(), answer(200, documents(document("7"))));
  ASSERT_EQ(reply.items.size(), 1u);
  const auto& item = reply.items[0];
  EXPECT_EQ(item.number, "20450000000001");
  EXPECT_EQ(item.reference, "ref-1");
  EXPECT_EQ(status_of(item), "available_for_pickup");
  EXPECT_EQ(item.status_raw, "7 Стан");
  EXPECT_EQ(item.weight_g, 2500);
  EXPECT_EQ(item.estimated_raw, "09-07-2026 12:00:00");
  EXPECT_EQ(format_rfc3339(item.estimated_at.value()), "2026-07-09T09:00:00Z");
  ASSERT_EQ(item.events.size(), 1u);
  EXPECT_EQ(item.events[0].place, "Харків");
  EXPECT_EQ(item.events[0].time.raw, "2026-07-08 15:16:53");
  EXPECT_EQ(item.events[0].time.local, "2026-07-08T15:16:53");
  EXPECT_EQ(format_rfc3339(item.events[0].time.utc.value()), "2026-07-08T12:16:53Z");
  EXPECT_EQ(item.events[0].time.basis, domain::ZoneBasis::carrier_zone);
}

TEST(NovaPoshta, FindsATimeWhereverThereIsOne) {
  const auto time_of = [](const std::string& fields) {
    const auto reply = read_reply(status_documents(), answer(200, documents(R"({"Number":"2","StatusCode":1,)" + fields + "}")));
    return reply.items.at(0).events.at(0).time.local;
  };
  EXPECT_EQ(time_of(R"("TrackingUpdateDate":"","DateScan":"15:16 08.01.2026")"), "2026-01-08T15:16:00");
  EXPECT_EQ(time_of(R"("TrackingUpdateDate":"0000-00-00 00:00:00","DateCreated":"26-02-2026 11:08:03")"), "2026-02-26T11:08:03");
  EXPECT_EQ(time_of(R"("DateCreated":"yesterday")"), "");
}

TEST(NovaPoshta, CodesMeanWhatTheirTableSays) {
  const std::pair<const char*, const char*> kExpected[] = {
      {"1", "pre_transit"}, {"2", "exception"},   {"4", "in_transit"},           {"41", "in_transit"},        {"8", "available_for_pickup"},
      {"9", "delivered"},   {"10", "delivered"},  {"101", "in_transit"},         {"102", "return_to_sender"}, {"103", "exception"},
      {"105", "exception"}, {"106", "delivered"}, {"111", "delivery_attempted"}, {"999", "unknown"}};
  for (const auto& [code, status] : kExpected) {
    const auto reply = read_reply(status_documents(), answer(200, documents(document(code))));
    ASSERT_EQ(reply.items.size(), 1u) << code;
    EXPECT_EQ(status_of(reply.items[0]), status) << code;
  }
  std::set<std::string_view> seen;
  for (const auto& row : nova_poshta::kCodes) EXPECT_TRUE(seen.insert(row.code).second) << row.code << " twice";
}

TEST(NovaPoshta, TheWaybillOfAReturnBringsItBack) {
  const auto reply = read_reply(status_documents(), answer(200, documents(document("9", R"("OwnerDocumentType":"CargoReturn",)") + "," +
                                                                          document("5", R"("OwnerDocumentType":"CargoReturn",)"))));
  ASSERT_EQ(reply.items.size(), 2u);
  EXPECT_EQ(status_of(reply.items[0]), "returned");
  EXPECT_EQ(status_of(reply.items[1]), "return_to_sender");
}

TEST(NovaPoshta, TellsErrorsApart) {
  const auto refused = [](const std::string& code, int status = 200) {
    const auto body = R"({"success":false,"data":[],"errors":["words"],"errorCodes":[")" + code + R"("]})";
    return read_reply(status_documents(), answer(status, body));
  };
  EXPECT_EQ(refused("20000200068").trouble, Trouble::auth);
  EXPECT_EQ(refused("20000200068").detail, "20000200068 words");
  EXPECT_EQ(refused("20000100008").trouble, Trouble::service);
  EXPECT_EQ(refused("20000500605").trouble, Trouble::bad_request);
  EXPECT_EQ(refused("1", 429).trouble, Trouble::rate_limited);
  EXPECT_EQ(refused("1", 500).trouble, Trouble::service);
  EXPECT_EQ(refused("1", 401).trouble, Trouble::auth);
  EXPECT_EQ(read_reply(status_documents(), answer(200, R"({"data":[]})")).trouble, Trouble::bad_reply);
  const auto reply = nova_poshta().parse_track({}, answer(200, documents(document("3"))), ask({"20450000000001", "20450000000009"}));
  ASSERT_EQ(reply.items.size(), 2u);
  EXPECT_EQ(reply.items[0].trouble, Trouble::not_found);
  EXPECT_EQ(reply.items[0].detail, "3 Стан");
  EXPECT_EQ(reply.items[1].trouble, Trouble::not_found);
}

TEST(NovaPoshta, KnowsItsNumbers) {
  EXPECT_TRUE(nova_poshta().is_number("20450000000001"));
  EXPECT_TRUE(nova_poshta().is_number("59000000000001"));
  EXPECT_FALSE(nova_poshta().is_number("2045000000000"));
  EXPECT_FALSE(nova_poshta().is_number("01450000000001"));
}

TEST(NovaPoshta, SurvivesHostileForms) { survives_hostile_forms(status_documents(), documents(document("7") + "," + document("3"))); }

}  // namespace
}  // namespace roundtrip::carriers::test
