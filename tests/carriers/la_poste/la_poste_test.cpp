// La Poste: requests, replies, errors and hostile forms. All replies are invented after the documented format.
#include <set>

#include "../replies.hpp"
#include "carriers/la_poste/codes.hpp"

namespace roundtrip::carriers::test {
namespace {
const Carrier& la_poste() { return *find_carrier("la_poste"); }
const Api& suivi() { return api_of(la_poste(), "suivi_v2"); }

const char* const kOne = R"({"lang": "fr_FR", "scope": "open", "returnCode": 200, "shipment": {
  "idShip": "6A00000000001", "product": "Colissimo", "isFinal": false, "estimDate": "2026-03-30T00:00:00+02:00",
  "timeline": [{"id": 1, "status": true, "shortLabel": "Pris en charge"}],
  "event": [
    {"order": 30, "code": "AG1", "label": "Votre colis vous attend.", "date": "2026-03-29T11:05:00+02:00"},
    {"order": 20, "code": "MD2", "label": "En cours de livraison.", "date": "2026-03-29T08:30:00+02:00"},
    {"order": 10, "code": "PC1", "label": "Pris en charge.", "date": "2026-03-28T17:45:00+01:00"}]}})";

const char* const kThree = R"([
  {"returnCode": 200, "shipment": {"idShip": "6A00000000001",
    "event": [{"code": "DI2", "label": "Rendu.", "date": "2026-05-02T10:00:00+02:00"},
    {"code": "RE1", "label": "Retour.", "date": "2026-05-01T10:00:00+02:00"}]}},
  {"returnCode": 404, "returnMessage": "Nous ne trouvons pas votre envoi.", "idShip": "6A00000000002"},
  {"returnCode": 400, "returnMessage": "Le numéro n'est pas valide.", "idShip": "6A1"}])";

TEST(LaPoste, RequestListsTheNumbersInThePath) {
  CarrierAccount account;
  account.key = "okapi";
  auto queries = ask({"6A00000000001", "LB 1"});
  const auto request = la_poste().track_request(account, queries);
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.url, "https://api.laposte.fr/suivi/v2/idships/6A00000000001,LB%201?lang=en_GB");
  EXPECT_EQ(header_of(request, "X-Okapi-Key"), "okapi");
  EXPECT_EQ(header_of(request, "Accept"), "application/json");
  queries[0].locale = "fr-CA";
  account.base_url = "http://127.0.0.1:1";
  EXPECT_EQ(la_poste().track_request(account, std::span(queries).first(1)).url,
            "http://127.0.0.1:1/suivi/v2/idships/6A00000000001?lang=fr_FR");
}

TEST(LaPoste, ReadsOneShipmentAsAnObject) {
  const auto reply = read_reply(suivi(), answer(200, kOne));
  ASSERT_EQ(reply.items.size(), 1u);
  const auto& item = reply.items[0];
  EXPECT_EQ(item.number, "6A00000000001");
  EXPECT_EQ(status_of(item), "available_for_pickup");
  EXPECT_EQ(item.status_raw, "AG1 Votre colis vous attend.");
  EXPECT_EQ(format_rfc3339(item.estimated_at.value()), "2026-03-29T22:00:00Z");
  ASSERT_EQ(item.events.size(), 3u);
  EXPECT_EQ(item.events[2].time.local, "2026-03-28T17:45:00");
  EXPECT_EQ(format_rfc3339(item.events[2].time.utc.value()), "2026-03-28T16:45:00Z") << "winter time";
  EXPECT_EQ(format_rfc3339(item.events[1].time.utc.value()), "2026-03-29T06:30:00Z") << "summer time";
}

TEST(LaPoste, ReadsSeveralAsAnArrayEachWithItsOwnCode) {
  const auto reply = la_poste().parse_track({}, answer(207, kThree), ask({"6A00000000002", "6A00000000001", "6A1", "6A3"}));
  ASSERT_EQ(reply.items.size(), 4u);
  EXPECT_EQ(reply.items[0].trouble, Trouble::not_found);
  EXPECT_EQ(status_of(reply.items[1]), "returned");
  EXPECT_EQ(reply.items[2].trouble, Trouble::bad_request);
  EXPECT_EQ(reply.items[2].detail, "400 Le numéro n'est pas valide.");
  EXPECT_EQ(reply.items[3].trouble, Trouble::not_found) << "not in the answer";
}

TEST(LaPoste, CodesMeanWhatTheirTableSays) {
  const std::pair<const char*, const char*> kExpected[] = {{"DR1", "pre_transit"},
                                                           {"PC1", "in_transit"},
                                                           {"ET3", "in_transit"},
                                                           {"DO1", "in_transit"},
                                                           {"DO3", "exception"},
                                                           {"PB1", "exception"},
                                                           {"PB2", "in_transit"},
                                                           {"MD2", "out_for_delivery"},
                                                           {"DI1", "delivered"},
                                                           {"ND1", "delivery_attempted"},
                                                           {"AG1", "available_for_pickup"},
                                                           {"RE1", "return_to_sender"},
                                                           {"DI2", "returned"},
                                                           {"DI3", "exception"},
                                                           {"ZZ9", "unknown"}};
  for (const auto& [code, status] : kExpected) {
    const auto body = R"({"returnCode":200,"shipment":{"idShip":"A","event":[{"code":")" + std::string(code) +
                      R"(","label":"x","date":"2026-05-02T10:00:00+02:00"}]}})";
    const auto reply = read_reply(suivi(), answer(200, body));
    ASSERT_EQ(reply.items.size(), 1u) << code;
    EXPECT_EQ(status_of(reply.items[0]), status) << code;
  }
  std::set<std::string_view> seen;
  for (const auto& row : la_poste::kCodes) EXPECT_TRUE(seen.insert(row.code).second) << row.code << " twice";
}

TEST(LaPoste, TellsErrorsApart) {
  const struct {
    int status;
    const char* body;
    Trouble trouble;
  } kCalls[] = {
      {401, R"({"code":"UNAUTHORIZED","message":"BAD_APP_KEY"})", Trouble::auth},
      {401, R"({"returnCode":401,"returnMessage":"Unauthorized"})", Trouble::auth},
      {429, R"({"code":"TOO_MANY_REQUESTS","message":"quota"})", Trouble::rate_limited},
      {500, R"({"returnCode":500,"returnMessage":"Erreur"})", Trouble::service},
      {200, R"({"returnCode":"none"})", Trouble::bad_reply},
      {200, R"({"code":"A","message":"B"})", Trouble::bad_reply},
      {504, "<html><body>Gateway Timeout</body></html>", Trouble::service},
  };
  for (const auto& one : kCalls) EXPECT_EQ(read_reply(suivi(), answer(one.status, one.body)).trouble, one.trouble) << one.body;
  const auto unknown = read_reply(suivi(), answer(404, R"({"returnCode":404,"returnMessage":"Inconnu","idShip":"6A1"})"));
  ASSERT_EQ(unknown.items.size(), 1u);
  EXPECT_EQ(unknown.items[0].trouble, Trouble::not_found);
  EXPECT_EQ(unknown.items[0].number, "6A1");
}

TEST(LaPoste, KnowsItsNumbers) {
  EXPECT_TRUE(la_poste().is_number("6A00000000001"));
  EXPECT_TRUE(la_poste().is_number("RB123456785FR"));
  EXPECT_FALSE(la_poste().is_number("RB123456784FR"));
  EXPECT_FALSE(la_poste().is_number("RB123456785DE"));
  EXPECT_FALSE(la_poste().is_number("6A0000000000"));
}

TEST(LaPoste, SurvivesHostileForms) {
  survives_hostile_forms(suivi(), kOne);
  survives_hostile_forms(suivi(), kThree);
}

}  // namespace
}  // namespace roundtrip::carriers::test
