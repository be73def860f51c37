// One shop's day over HTTP that uses every operation of the document, well and badly. The client holds each answer
// against the document; at the end every operation must have been seen to work, and to refuse.
#include <gtest/gtest.h>

#include "base/secrets.hpp"
#include "domain/codes.hpp"
#include "support/api.hpp"
#include "support/pictures.hpp"

namespace roundtrip::test {
namespace {

const std::string kMug = "4006381333931";

struct Conformance : testing::Test {
  Api api{std::map<std::string, std::string>{{"carriers.demo.push_secret", "push-secret"}, {"gateways.stripe.webhook_secret", "whsec_1"}}};
  int number = 0;

  void run(const std::string& sql) { store::Session(api.db()).run(sql, {api.merchant()}); }
  json order(int units = 3) { return api.take_order(Api::order_body("SO-" + std::to_string(++number), {{"MUG", units}})); }
  static std::string path(const json& one, const std::string& verb = "") {
    const std::string id = one["id"];
    const std::string noun = id.starts_with("ord")   ? "orders/"
                             : id.starts_with("fnd") ? "found_items/"
                             : id.starts_with("ret") ? "returns/"
                             : id.starts_with("rfn") ? "refunds/"
                             : id.starts_with("clm") ? "claims/"
                             : id.starts_with("man") ? "manifests/"
                             : id.starts_with("ccl") ? "cancellations/"
                                                     : "parcels/";
    return "/v1/" + noun + id + verb;
  }
  void deliver_all() {
    run("UPDATE parcels SET status = 'delivered', delivered_at = now() WHERE merchant_id = $1 AND handed_over_at IS NOT NULL");
    run("UPDATE order_lines SET delivered = shipped WHERE merchant_id = $1");
  }
  json delivered() {
    const auto shipped = api.ship(order(2)["id"], {kMug, kMug});
    deliver_all();
    return shipped;
  }
  static json return_body(const json& order) {
    return {{"order_id", order["id"]}, {"lines", {{{"line_id", order["lines"][0]["id"]}, {"quantity", 1}, {"reason", "too_small"}}}}};
  }
  json make_return(const json& order) {
    const auto made = api.post("/v1/returns", return_body(order));
    EXPECT_EQ(made.status, 201) << made.text;
    return made.body;
  }
  json refund_of_cancellation() {
    const auto canceled = api.post(path(order(1), "/cancel"));
    EXPECT_EQ(canceled.status, 200);
    return canceled.body["refunds"][0];
  }
  void products_and_stock();
  void orders();
  void floor_and_tracking();
  void hand_overs();
  void cancellations();
  void returns();
  void found_items();
  void cases();
  void refunds();
  void vouchers();
  void payouts();
  void pages();
  void whole_day();
};

void Conformance::products_and_stock() {
  const json mug = api.document()["components"]["schemas"]["NewProduct"]["examples"][0];
  EXPECT_EQ(api.put("/v1/products/MUG", mug).status, 201);
  EXPECT_EQ(api.put("/v1/products/MUG", mug).status, 200);
  EXPECT_EQ(api.put("/v1/products/MUG", mug, {{"If-Match", "\"99\""}}).status, 412);
  EXPECT_EQ(api.put("/v1/products/CUP", mug).code(), "barcode_taken");
  EXPECT_EQ(api.put("/v1/products/CUP", {{"name", "Cup"}, {"barcodes", {domain::own_code(domain::CodeKind::shipment, 1)}}}).status, 422);
  EXPECT_EQ(api.get("/v1/products/MUG").body["care"]["en"]["guide"], "Dishwasher safe.");
  EXPECT_EQ(api.get("/v1/products/NONE").status, 404);
  EXPECT_EQ(api.post("/v1/products/batch", json::parse(R"([{"sku":"CUP","name":"Cup"},{"sku":"BAD"}])")).status, 200);
  EXPECT_EQ(api.get("/v1/products?limit=1").body["next_cursor"], "CUP");
  EXPECT_EQ(api.post("/v1/stock/movements", {{"sku", "MUG"}, {"quantity", 50}, {"reason", "delivery"}}).body["available"], 50);
  EXPECT_EQ(api.post("/v1/stock/movements", {{"sku", "MUG"}, {"quantity", -51}, {"reason", "loss"}}).status, 409);
  EXPECT_EQ(api.post("/v1/stock/movements", {{"sku", "MUG"}, {"quantity", 1}, {"reason", "x"}, {"bin", "nowhere"}}).code(), "no_such_bin");
  EXPECT_EQ(
      api.post("/v1/stock/movements/batch", json::parse(R"({"items":[{"sku":"CUP","quantity":5,"reason":"delivery","lot":"L1"}]})")).status,
      200);
  EXPECT_EQ(api.get("/v1/stock/CUP").body["warehouses"][0]["bins"][0]["lot"], "L1");
  EXPECT_EQ(api.get("/v1/stock/NONE").status, 404);
}

void Conformance::orders() {
  const json body = Api::order_body("SO-first", {{"MUG", 2}});
  const auto first = api.post("/v1/orders", body);
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(api.post("/v1/orders", body).status, 200);
  json other = body;
  other["discount"] = 1;
  EXPECT_EQ(api.post("/v1/orders", other).status, 409);
  other["external_id"] = "SO-nowhere";
  other["warehouse"] = "nowhere";
  EXPECT_EQ(api.post("/v1/orders", other).code(), "no_such_warehouse");
  EXPECT_EQ(api.post("/v1/orders/batch", json::array({body, other})).status, 200);
  EXPECT_EQ(api.get("/v1/orders?limit=1").status, 200);
  EXPECT_EQ(api.get(path(first.body)).status, 200);
  EXPECT_EQ(api.get(path(first.body), {{"If-None-Match", first.header("etag")}}).status, 304);
  EXPECT_EQ(api.patch(path(first.body), {{"customer", {{"email", "new@example.org"}}}}).status, 200);
  EXPECT_EQ(api.patch(path(first.body), {{"customer", {{"email", "nobody"}}}}).status, 422);
  EXPECT_EQ(api.patch(path(first.body), json::object(), {{"If-Match", "\"1\""}}).status, 412);
  EXPECT_EQ(api.post(path(first.body, "/hold"), {{"reason", "check"}, {"until", "2100-01-01T00:00:00Z"}}).body["hold"]["until"],
            "2100-01-01T00:00:00Z");
  EXPECT_EQ(api.post(path(first.body, "/release")).status, 200);
  EXPECT_EQ(api.post(path(first.body, "/release")).status, 409);
  EXPECT_EQ(api.post(path(first.body, "/cancel"), {{"reason", "twice"}}).status, 200);
  EXPECT_EQ(api.post(path(first.body, "/cancel")).status, 409);
  EXPECT_EQ(api.post(path(first.body, "/hold"), {{"reason", "check"}}).status, 409);
  EXPECT_EQ(api.patch(path(first.body), {{"customer", {{"phone", "1"}}}}).status, 409);
  EXPECT_GE(api.get(path(first.body, "/timeline")).body["items"].size(), 5U);
  const auto ledger = api.get(path(first.body, "/ledger")).body["items"];
  std::int64_t sum = 0;
  for (const auto& entry : ledger) sum += entry["amount"]["amount"].get<std::int64_t>();
  EXPECT_GE(ledger.size(), 4U);
  EXPECT_EQ(sum, 0);
  EXPECT_GE(api.get(path(first.body, "/notifications")).body["items"].size(), 1U);
}

void Conformance::floor_and_tracking() {
  const auto shipped = delivered();
  const auto& parcel = shipped["shipments"][0]["parcels"][0];
  EXPECT_EQ(api.post("/v1/scans", Api::scan_body("nowhere", kMug)).status, 422);
  EXPECT_EQ(api.post("/v1/scans/batch", json::array({Api::scan_body("pick-1", kMug)})).body["items"][0]["answer"]["outcome"], "refused");
  EXPECT_EQ(api.get("/v1/stations").status, 200);
  EXPECT_EQ(api.get("/v1/stations/pick-1").status, 200);
  EXPECT_EQ(api.get("/v1/stations/nowhere").status, 404);
  const std::string tracked = parcel["tracking_number"];
  const json push = {
      {"parcels", {{{"number", tracked}, {"events", {{{"code", "OFD"}, {"text", "x"}, {"at", format_rfc3339(roundtrip::now())}}}}}}}};
  EXPECT_EQ(api.post("/v1/carriers/demo/events/push-secret", push).body["known"], 1);
  EXPECT_EQ(api.post("/v1/carriers/demo/events/wrong", push).status, 404);
  EXPECT_EQ(api.call("POST", "/v1/carriers/demo/events/push-secret", "<xml/>").status, 400);
  const std::string signature = "hmac-sha256-hex=" + hmac_sha256_hex("push-secret", push.dump());
  EXPECT_EQ(api.post("/v1/carriers/demo/events", push, {{"X-Demo-Signature", signature}}).body["known"], 1);
  EXPECT_EQ(api.post("/v1/carriers/demo/events", {{"parcels", json::array()}}, {{"X-Demo-Signature", signature}}).status, 404);
  EXPECT_EQ(api.call("POST", "/v1/carriers/demo/events", "{}").status, 404);
  EXPECT_TRUE(api.get("/v1/carriers/codes").body["unmapped"].is_array());
  EXPECT_EQ(api.post("/v1/carriers/demo/codes", {{"code", "XQ7"}, {"status", "in_transit"}}).body["physical"], true);
  EXPECT_EQ(api.post("/v1/carriers/demo/codes", {{"code", "XQ7"}, {"status", "somewhere"}}).status, 422);
  EXPECT_EQ(api.post("/v1/carriers/nobody/codes", {{"code", "XQ7"}, {"status", "in_transit"}}).status, 422);
  EXPECT_EQ(api.get("/v1/carriers/codes").body["mapped"][0]["code"], "XQ7");
  EXPECT_EQ(api.post("/v1/carriers/demo/codes", {{"code", "in a/the shed ü"}, {"status", "in_transit"}}).status, 200);
  EXPECT_EQ(api.call("DELETE", "/v1/carriers/demo/codes/" + percent_encode("in a/the shed ü")).body["code"], "in a/the shed ü");
  EXPECT_EQ(api.call("DELETE", "/v1/carriers/demo/codes/XQ7").body["status"], "in_transit");
  EXPECT_EQ(api.call("DELETE", "/v1/carriers/demo/codes/XQ7").status, 404);
  EXPECT_TRUE(api.get("/v1/carriers/codes").body["mapped"].empty());
  const auto tracking = api.get("/v1/tracking/" + tracked);
  EXPECT_GE(tracking.body["events"].size(), 1U);
  EXPECT_EQ(tracking.body["items"].size(), 1U);
  EXPECT_EQ(api.get("/v1/tracking/NONE").status, 404);
  for (const std::string ending : {"pdf", "zpl", "png"}) EXPECT_EQ(api.get(path(parcel, "/label." + ending)).status, 200) << ending;
  EXPECT_EQ(api.get("/v1/parcels/pcl_zzzz/label.pdf").status, 404);
}

void Conformance::hand_overs() {
  const json parcel = delivered()["shipments"][0]["parcels"][0];
  EXPECT_EQ(api.post(path(parcel, "/label"), {{"carrier", "gls"}, {"number", "ZWX9K1AB"}}).body["tracking_number"], "ZWX9K1AB");
  EXPECT_EQ(api.post(path(parcel, "/label"), {{"carrier", "gls"}, {"number", "?"}}).code(), "not_a_number");
  EXPECT_EQ(api.post("/v1/manifests").body["items"].size(), 2U) << "two carriers have parcels";
  const auto manifest = api.get("/v1/manifests?limit=1").body["items"][0];
  EXPECT_GE(api.get(path(manifest)).body["contents"].size(), 1U);
  EXPECT_EQ(api.get(path(manifest, "/document.pdf")).status, 200);
  EXPECT_EQ(api.get("/v1/manifests/man_zzzz").status, 404);
  EXPECT_EQ(api.post(path(manifest, "/retry")).status, 409);
  run("UPDATE manifests SET state = 'failed' WHERE merchant_id = $1");
  EXPECT_EQ(api.post(path(manifest, "/retry")).body["state"], "wanted");
  EXPECT_EQ(api.get(path(manifest, "/document.pdf")).code(), "manifest_not_there_yet");
}

void Conformance::cancellations() {
  const auto shipped = order(2);
  run("INSERT INTO cancellation_lines (merchant_id, source, document, position, document_at, customer, sku, description, goods, quantity, "
      "unit_price, result) SELECT $1, 'file', 'C1', n, now(), '', 'MUG', '', true, 2, 12.5, 'no_customer' FROM generate_series(1, 2) n");
  const auto first = api.get("/v1/cancellations?limit=1&result=no_customer").body["items"][0];
  EXPECT_EQ(api.get("/v1/cancellations?result=strange").code(), "bad_result");
  EXPECT_EQ(api.get("/v1/cancellations?cursor=!").status, 422);
  EXPECT_EQ(api.get("/v1/cancellations/ccl_zzzz").status, 404);
  EXPECT_FALSE(api.get(path(first)).body["candidates"].empty());
  const auto match = [&](int units) {
    return api.post(path(first, "/match"), {{"order_id", shipped["id"]}, {"line_id", shipped["lines"][0]["id"]}, {"quantity", units}});
  };
  EXPECT_EQ(match(3).code(), "units_not_creditable");
  EXPECT_EQ(api.post(path(first, "/match"), {{"order_id", "ord_zzzz"}, {"line_id", "lin_1"}, {"quantity", 1}}).status, 404);
  EXPECT_EQ(api.post(path(first, "/match"), json::object()).status, 422);
  EXPECT_EQ(match(1).body["matched"], 1);
  EXPECT_EQ(api.get(path(shipped)).body["lines"][0]["credited"], 1);
  EXPECT_EQ(api.get(path(first)).body["matches"].size(), 1U);
  EXPECT_EQ(api.post(path(first, "/settle"), json::object()).status, 422);
  EXPECT_EQ(api.post(path(first, "/settle"), {{"note", "bought in the shop"}}).status, 200);
  EXPECT_EQ(api.post(path(first, "/settle"), {{"note", "again"}}).code(), "cancellation_settled");
  EXPECT_EQ(api.get("/v1/cancellations?settled=true").body["items"].size(), 1U);
  EXPECT_EQ(api.post(path(first, "/reopen")).body["matched"], 0);
  EXPECT_EQ(api.post(path(first, "/reopen")).code(), "cancellation_open");
  EXPECT_EQ(api.get(path(shipped)).body["lines"][0]["credited"], 0);
}

void Conformance::cases() {
  EXPECT_EQ(api.put("/v1/policy", {{"auto_approve", true}}).status, 200);
  const auto shipped = delivered();
  const json line = {{"line_id", shipped["lines"][0]["id"]}, {"quantity", 1}};
  auto wanted = return_body(shipped);
  wanted["outcome"] = "exchange";
  wanted["exchange"] = {{{"line_id", line["line_id"]}, {"sku", "MUG"}, {"quantity", 1}, {"unit_price", 100000}}};
  EXPECT_EQ(api.post("/v1/returns/preview", wanted).body["exchange"]["trigger"], "warehouse_scan");
  const auto made = api.post("/v1/returns", wanted);
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.body["exchange"]["state"], "awaiting_payment");
  EXPECT_EQ(api.get("/v1/exchanges").body["items"].size(), 1U);
  EXPECT_EQ(api.get("/v1/exchanges?state=odd").status, 422);
  const auto of = [&](const std::string& verb) { return path(made.body, "/exchange/" + verb); };
  const json some = {{"gateway", "stripe"}, {"reference", "ch_9"}, {"amount", 100}};
  EXPECT_EQ(api.post(of("payment"), some).status, 200);
  EXPECT_EQ(api.post(of("payment"), some).status, 200);
  EXPECT_EQ(api.post(of("payment"), {{"gateway", "stripe"}, {"reference", "ch_9"}, {"amount", 101}}).code(), "payment_exists");
  EXPECT_EQ(api.post(of("payment"), {{"gateway", "stripe"}, {"reference", "ch_8"}, {"amount", 100000000}}).code(), "exchange_amount");
  EXPECT_EQ(api.post(of("payment"), {{"gateway", "exchange"}, {"reference", "x"}, {"amount", 1}}).code(), "invalid_payment");
  EXPECT_EQ(api.post(of("release"), {{"reason", "now"}}).code(), "exchange_state");
  EXPECT_EQ(api.post(of("let_go"), {{"reason", "a good customer"}}).body["state"], "awaiting_goods");
  EXPECT_EQ(api.post(of("let_go"), {{"reason", "again"}}).status, 409);
  EXPECT_EQ(api.post(of("release"), {{"reason", "now"}}).body["state"], "released");
  EXPECT_EQ(api.post(of("cancel"), {{"reason", "no"}}).body["state"], "canceled");
  EXPECT_EQ(api.post(of("cancel"), {{"reason", "no"}}).status, 409);
  EXPECT_EQ(api.post("/v1/returns/ret_zzz/exchange/cancel", {{"reason", "no"}}).code(), "exchange_not_found");
  wanted["exchange"][0]["sku"] = "NOTHING";
  EXPECT_EQ(api.post(path(made.body, "/cancel")).status, 200);
  EXPECT_EQ(api.post("/v1/returns", wanted).code(), "invalid_exchange");
  const auto open = [&](const char* kind) {
    return api.post("/v1/claims", {{"order_id", shipped["id"]}, {"kind", kind}, {"lines", json::array({line})}});
  };
  const auto damaged = open("damaged").body, warranty = open("warranty").body;
  EXPECT_EQ(open("missing").code(), "units_not_claimable");
  EXPECT_EQ(api.post("/v1/claims", {{"order_id", shipped["id"]}, {"kind", "lost"}}).code(), "invalid_claim");
  EXPECT_EQ(api.post("/v1/claims", {{"order_id", shipped["id"]}, {"kind", "lost"}, {"parcel_id", "pcl_zzz"}}).code(), "claim_not_eligible");
  EXPECT_EQ(api.get("/v1/claims").body["items"].size(), 2U);
  EXPECT_EQ(api.get("/v1/claims?state=odd").status, 422);
  EXPECT_EQ(api.get(path(damaged)).body["steps"][0], "assess");
  EXPECT_EQ(api.get("/v1/claims/clm_zzz").code(), "claim_not_found");
  EXPECT_EQ(api.post(path(damaged, "/assess")).body["state"], "assessing");
  EXPECT_EQ(api.post(path(damaged, "/decide"), {{"verdict", "reject"}, {"note", "It was dropped."}}).body["state"], "rejected");
  EXPECT_EQ(api.post(path(damaged, "/assess")).code(), "claim_state");
  EXPECT_EQ(api.post(path(damaged, "/reopen"), {{"note", "a photo"}}).body["state"], "assessing");
  EXPECT_EQ(api.post(path(damaged, "/withdraw")).body["state"], "withdrawn");
  EXPECT_EQ(api.post(path(damaged, "/withdraw")).status, 200);
  for (const std::string step : {"reopen", "close", "goods", "send_back"})
    EXPECT_EQ(api.post(path(damaged, "/" + step)).status, 409) << step;
  EXPECT_EQ(api.post(path(warranty, "/goods")).body["state"], "awaiting_goods");
  EXPECT_EQ(api.post(path(warranty, "/withdraw")).status, 409);
  const auto goods = api.get(path(warranty)).body["return_id"].get<std::string>();
  EXPECT_EQ(api.post("/v1/returns/" + goods + "/receive").status, 200);
  const json repair = {{"verdict", "repair"}, {"repair_by", "2999-12-01T12:00:00Z"}};
  EXPECT_EQ(api.post(path(warranty, "/decide"), repair).body["state"], "in_repair");
  EXPECT_EQ(api.post(path(warranty, "/promise"), {{"repair_by", "2999-12-08T12:00:00Z"}}).status, 200);
  EXPECT_EQ(api.post(path(warranty, "/promise"), {{"repair_by", "2020-12-08T12:00:00Z"}}).status, 422);
  EXPECT_EQ(api.post(path(warranty, "/send_back"), {{"carrier", "dhl"}, {"tracking_number", "1"}}).body["state"], "sent_back");
  EXPECT_EQ(api.post(path(warranty, "/close")).body["state"], "closed");
  EXPECT_EQ(api.post(path(warranty, "/decide"), {{"verdict", "refund"}}).status, 409);
}

void Conformance::returns() {
  const auto shipped = delivered();
  EXPECT_EQ(api.post("/v1/returns/preview", return_body(shipped)).body["eligible"], true);
  const auto approved = make_return(shipped);
  const auto crossing = api.get(path(approved, "/customs.pdf"));
  EXPECT_EQ(crossing.code(), "no_customs_form");
  run("UPDATE merchants SET return_address = '{\"line1\":\"Bahnhofstrasse "
      "1\",\"city\":\"Zürich\",\"postal_code\":\"8001\",\"country\":\"CH\"}' "
      "WHERE merchant_id = $1");
  EXPECT_EQ(api.get(path(approved, "/customs.pdf?size=4x6")).status, 200);
  const std::string parcel = shipped["shipments"][0]["parcels"][0]["id"];
  EXPECT_EQ(api.post("/v1/labels/batch", {{"ids", {approved["id"], parcel}}, {"size", "a4"}}).status, 200);
  const auto missing = api.post("/v1/labels/batch", {{"ids", {approved["id"], "ret_zzzz", "ord_1"}}});
  EXPECT_EQ(missing.code(), "labels_missing");
  EXPECT_EQ(missing.pointers(), (std::vector<std::string>{"/ids/1", "/ids/2"}));
  EXPECT_EQ(api.get("/v1/cards/bins.pdf").status, 200);
  EXPECT_EQ(api.get("/v1/cards/totes.pdf?from=7&count=12").status, 200);
  EXPECT_EQ(api.get("/v1/cards/totes.pdf?from=0").code(), "totes_invalid");
  EXPECT_EQ(api.get("/v1/cards/badges.pdf").code(), "nothing_to_print");
  EXPECT_TRUE(
      usecases::create_user(api.context(), {.login = "ana", .name = "Ana", .password = "correct horse battery", .roles = {"picker"}}));
  EXPECT_EQ(api.get("/v1/cards/badges.pdf").status, 200);
  const auto photo_of_label = api.get(path(approved, "/label.png"));
  const auto read = api.call("POST", "/v1/labels/read", photo_of_label.text, {{"Content-Type", "image/png"}});
  EXPECT_EQ(read.body["codes"][0]["id"], approved["id"]) << read.text;
  EXPECT_EQ(api.call("POST", "/v1/labels/read", "x", {{"Content-Type", "image/png"}}).status, 415);
  EXPECT_EQ(api.put("/v1/labels/gs1", {{"company_prefix", "4012345"}, {"warehouses", {"main"}}}).body["warehouses"][0], "main");
  EXPECT_EQ(api.put("/v1/labels/gs1", {{"company_prefix", "40"}}).code(), "bad_company_prefix");
  EXPECT_EQ(api.get("/v1/labels/gs1").body["company_prefix"], "4012345");
  for (const char* verb : {"PUT", "GET", "DELETE"})
    EXPECT_EQ(api.call(verb, std::string("/v1/shops") + (*verb == 'G' ? "" : "/main"), *verb == 'P' ? "{}" : "").status, 200) << verb;
  EXPECT_EQ(api.get(path(approved, "/label.zpl?dpi=300")).status, 200);
  EXPECT_EQ(api.get(path(approved, "/label.zpl?dpi=72")).code(), "bad_dpi");
  const auto photos = api.call("POST", path(shipped, "/photos?about=" + approved["id"].get<std::string>()),
                               labels::jpeg(corners(64, 40), 80), {{"Content-Type", "image/jpeg"}});
  EXPECT_EQ(photos.status, 201);
  EXPECT_EQ(api.get(path(shipped, "/photos")).body, photos.body);
  EXPECT_EQ(api.get(photos.body["items"][0]["url"].get<std::string>()).status, 200);
  EXPECT_EQ(api.get("/v1/photos/pho_zzz").code(), "photo_not_found");
  EXPECT_EQ(api.get("/v1/orders/ord_zzz/photos").status, 404);
  EXPECT_EQ(api.call("POST", path(shipped, "/photos"), "x", {{"Content-Type", "image/jpeg"}}).status, 415);
  for (const std::string ending : {"pdf?size=4x6", "pdf", "zpl", "png"})
    EXPECT_EQ(api.get(path(approved, "/label." + ending)).status, 200) << ending;
  EXPECT_EQ(api.get(path(approved, "/label.pdf?size=a3")).code(), "bad_size");
  EXPECT_EQ(api.get(path(approved)).status, 200);
  EXPECT_EQ(api.post(path(approved, "/cancel")).status, 200);
  EXPECT_EQ(api.post(path(approved, "/cancel")).status, 409);
  EXPECT_EQ(api.get(path(approved, "/label.pdf")).status, 409);
  EXPECT_EQ(api.get("/v1/policy").body["version"], 0);
  EXPECT_EQ(api.put("/v1/policy", {{"auto_approve", false}, {"trigger", "inspection"}}).body["version"], 1);
  EXPECT_EQ(api.put("/v1/policy", {{"withdrawal_days", 1}}).status, 422);
  EXPECT_EQ(api.get("/v1/policy/versions").body["items"][0]["version"], 1);
  EXPECT_EQ(api.post("/v1/policy/trial", {{"policy", {{"window_days", 0}}}, {"limit", 10}}).status, 200);
  const auto declined = make_return(shipped);
  EXPECT_EQ(declined["status"], "requested");
  EXPECT_EQ(api.post(path(declined, "/decline"), {{"reason", "worn"}}).body["decline_reason"], "worn");
  EXPECT_EQ(api.post(path(declined, "/approve")).status, 409);
  const auto inspected = make_return(delivered());
  EXPECT_EQ(api.post(path(inspected, "/approve")).body["status"], "approved");
  EXPECT_EQ(api.post(path(inspected, "/receive"), {{"warehouse", "main"}}).body["units"], 1);
  EXPECT_EQ(api.post(path(inspected, "/receive"), {{"warehouse", "nowhere"}}).code(), "unknown_warehouse");
  const json accepted = {{"lines", {{{"line_id", inspected["lines"][0]["line_id"]}, {"accepted", 1}, {"disposition", "restock"}}}}};
  EXPECT_EQ(api.post(path(inspected, "/inspect"), accepted).body["refunds"].size(), 1U);
  EXPECT_EQ(api.post(path(inspected, "/inspect"), accepted).code(), "nothing_to_inspect");
  EXPECT_EQ(api.get(path(inspected, "/receipts")).body["items"].size(), 2U);
  EXPECT_EQ(api.get("/v1/returns/ret_zzzz/receipts").status, 404);
  EXPECT_EQ(api.post(path(inspected, "/undo"), {{"receipt", 1}}).code(), "not_the_last_receipt");
  EXPECT_EQ(api.post(path(inspected, "/undo"), {{"receipt", 2}}).body["receipt"], 2);
  EXPECT_EQ(api.post(path(inspected, "/undo"), {{"receipt", 2}}).body["receipt"], 2) << "a retry takes back nothing more";
  EXPECT_EQ(api.post(path(inspected, "/undo")).body["status"], "approved");
  EXPECT_EQ(api.post(path(inspected, "/undo")).code(), "nothing_to_undo");
  const json looked = {
      {"lines", {{{"line_id", inspected["lines"][0]["line_id"]}, {"quantity", 1}, {"grade", "C"}, {"note", "scratched"}}}}};
  EXPECT_EQ(api.post(path(inspected, "/receive"), looked).body["judged"][0]["disposition"], "refurbish");
  EXPECT_EQ(api.get(path(inspected, "/receipts")).body["items"][2]["inspections"][0]["note"], "scratched");
  EXPECT_EQ(api.put("/v1/policy", json::object()).status, 200);
  found_items();
}

void Conformance::found_items() {
  const auto parcel = api.post("/v1/found_items", {{"number", "1Z999AA10123456784"}, {"note", "crushed"}}).body;
  EXPECT_EQ(api.post("/v1/found_items", {{"number", "1Z999AA10123456784"}}).body["id"], parcel["id"]) << "the same parcel";
  EXPECT_EQ(api.post("/v1/found_items", {{"sku", "nothing"}}).code(), "no_such_product");
  EXPECT_EQ(api.get("/v1/found_items?state=open&limit=1").body["items"][0]["number"], "1Z999AA10123456784");
  EXPECT_EQ(api.get("/v1/found_items?state=odd").code(), "invalid_state");
  EXPECT_EQ(api.get(path(parcel)).body["note"], "crushed");
  EXPECT_EQ(api.get("/v1/found_items/fnd_zzzz").code(), "found_item_not_found");
  const auto shipped = delivered();
  EXPECT_EQ(api.post(path(parcel, "/match"), {{"order_id", "ord_zzzz"}}).code(), "order_not_found");
  EXPECT_EQ(api.post(path(parcel, "/match"), {{"order_id", shipped["id"]}}).body["order_id"], shipped["id"]);
  EXPECT_EQ(api.post(path(parcel, "/settle"), {{"outcome", "attached"}}).code(), "lines_needed");
  EXPECT_EQ(api.post(path(parcel, "/settle"), {{"outcome", "keep"}}).code(), "product_unknown");
  const json lines = {{{"line_id", shipped["lines"][0]["id"]}, {"quantity", 1}}};
  EXPECT_EQ(api.post(path(parcel, "/settle"), {{"outcome", "attached"}, {"lines", lines}}).body["refunds"].size(), 1U);
}

void Conformance::refunds() {
  const auto by_hand = refund_of_cancellation();
  EXPECT_EQ(api.post(path(by_hand, "/approve")).code(), "refund_state");
  EXPECT_EQ(api.post(path(by_hand, "/deny"), {{"reason", "paid in the shop"}}).body["state"], "denied");
  EXPECT_EQ(api.post(path(by_hand, "/deny")).status, 409);
  const auto failed = refund_of_cancellation();
  run("UPDATE refunds SET state = 'failed', last_error = 'declined' WHERE merchant_id = $1 AND state = 'requested'");
  EXPECT_EQ(api.post(path(failed, "/retry")).body["state"], "submitted");
  run("UPDATE refunds SET answer_due_at = now() WHERE merchant_id = $1 AND state = 'submitted'");
  EXPECT_EQ(api.post(path(failed, "/settle"), {{"outcome", "succeeded"}, {"reference", "PSP-1"}}).body["state"], "succeeded");
  EXPECT_EQ(api.post(path(by_hand, "/retry")).status, 409);
  const auto paid = refund_of_cancellation();
  run("UPDATE refunds SET state = 'failed', last_error = 'declined' WHERE merchant_id = $1 AND state = 'requested'");
  EXPECT_EQ(api.post(path(paid, "/paid"), {{"reference", "SEPA-1"}}).body["state"], "succeeded");
  EXPECT_EQ(api.post(path(paid, "/paid")).status, 409);
  EXPECT_EQ(api.get(path(paid)).body["gateway_reference"], "SEPA-1");
  const auto replaced = refund_of_cancellation();
  run("UPDATE refunds SET state = 'failed', last_error = 'declined' WHERE merchant_id = $1 AND state = 'requested'");
  EXPECT_EQ(api.post(path(replaced, "/again"), {{"destination", "nowhere"}}).code(), "invalid_destination");
  EXPECT_EQ(api.post(path(replaced, "/again"), {{"destination", "store_credit"}}).body["destination"], "store_credit");
  EXPECT_EQ(api.post(path(replaced, "/again")).status, 409);
  const auto held = refund_of_cancellation();
  run("UPDATE refunds SET held = 'dispute:dsp_1' WHERE merchant_id = $1 AND state = 'requested'");
  EXPECT_EQ(api.get(path(held)).body["held"], "dispute:dsp_1");
  EXPECT_EQ(api.post(path(held, "/release")).body["held"], nullptr);
  EXPECT_EQ(api.post(path(held, "/release")).status, 409);
  EXPECT_EQ(api.get("/v1/refunds?limit=1").status, 200);
  payouts();
  EXPECT_GE(api.get("/v1/refunds?state=denied").body["items"].size(), 1U);
  EXPECT_EQ(api.put("/v1/policy", {{"approval_limit", 0}}).status, 200);
  const auto back = make_return(delivered());
  const std::string large = api.post(path(back, "/receive")).body["refunds"][0];
  EXPECT_EQ(api.post("/v1/refunds/" + large + "/approve").code(), "second_person_needed");
  const auto second = Api::bearer(api.make_key(api.merchant(), {"refunds:approve"}));
  EXPECT_EQ(api.post("/v1/refunds/" + large + "/approve", json::object(), second).body["approval_needed"], false);
  const std::string event = R"({"id":"evt_1","type":"charge.updated","data":{"object":{"object":"charge"}}})";
  const std::string time = std::to_string(roundtrip::now().us / kSecond);
  const Headers signature = {{"Stripe-Signature", "t=" + time + ",v1=" + hmac_sha256_hex("whsec_1", time + "." + event)}};
  EXPECT_EQ(api.call("POST", "/v1/gateways/stripe/events", event, signature).status, 200);
  EXPECT_EQ(api.call("POST", "/v1/gateways/stripe/events", event).status, 401);
  EXPECT_EQ(api.call("POST", "/v1/gateways/nobody/events", event, signature).status, 404);
  EXPECT_EQ(api.call("POST", "/v1/gateways/adyen/events", R"({"notificationItems":[]})").status, 200);
  EXPECT_EQ(api.call("POST", "/v1/gateways/adyen/events", "[]").status, 400);
  EXPECT_EQ(api.call("POST", "/v1/gateways/paypal/events", "{}").status, 401);
}

void Conformance::payouts() {
  EXPECT_EQ(api.post("/v1/payouts").code(), "nothing_to_pay_out");
  const auto waiting = refund_of_cancellation();
  run("UPDATE refunds SET state = 'submitted', last_error = 'by_hand: pay it out by hand, then mark it paid' WHERE merchant_id = $1 AND "
      "refund_id = (SELECT max(refund_id) FROM refunds)");
  const auto made = api.post("/v1/payouts");
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(api.post("/v1/payouts").status, 409);
  EXPECT_EQ(api.get("/v1/payouts").body["items"].size(), 1U);
  EXPECT_NE(api.get(made.body["file_url"]).text.find(waiting["id"].get<std::string>()), std::string::npos);
  EXPECT_EQ(api.get("/v1/payouts/pyt_99/file.csv").status, 404);
  const std::string rows =
      "refund,amount,currency,status,reference,paid_at\n" + waiting["id"].get<std::string>() + ",10.00,EUR,paid,S-1,\n";
  const json answer = {{"file", rows + "#checksum,1," + sha256_hex(rows) + "\n"}};
  EXPECT_EQ(api.post("/v1/payouts/answers", answer).body["paid"], 1);
  EXPECT_EQ(api.post("/v1/payouts/answers", answer).body["repeated"], 1);
  EXPECT_EQ(api.post("/v1/payouts/answers", {{"file", rows}}).code(), "bad_checksum");
  const std::string other = "refund,amount\nx,1\n";
  EXPECT_EQ(api.post("/v1/payouts/answers", {{"file", other + "#checksum,1," + sha256_hex(other) + "\n"}}).code(), "bad_header");
}

void Conformance::vouchers() {
  const json body = {{"reference", "v-1"}, {"amount", 900}, {"currency", "EUR"}, {"customer", {{"external_id", "C-9"}}}};
  const auto made = api.post("/v1/vouchers", body);
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(api.post("/v1/vouchers", body).body["code"], made.body["code"]);
  EXPECT_EQ(api.post("/v1/vouchers", {{"reference", "v-1"}, {"amount", 901}, {"currency", "EUR"}}).status, 409);
  EXPECT_EQ(api.post("/v1/vouchers", {{"reference", "v-2"}, {"amount", 0}, {"currency", "EUR"}}).status, 422);
  EXPECT_EQ(api.get("/v1/vouchers?customer_external_id=C-9").body["items"].size(), 1U);
  EXPECT_EQ(api.get("/v1/vouchers").code(), "customer_needed");
  const std::string code = made.body["code"];
  EXPECT_EQ(api.post("/v1/vouchers/find", {{"code", code}}).body["balance"]["amount"], 900);
  EXPECT_EQ(api.post("/v1/vouchers/find", {{"code", "nothing"}}).status, 404);
  const json redemption = {{"code", code}, {"amount", 500}, {"currency", "EUR"}, {"reference", "SO-1"}};
  EXPECT_EQ(api.post("/v1/vouchers/redeem", redemption).body["voucher"]["balance"]["amount"], 400);
  EXPECT_EQ(api.post("/v1/vouchers/redeem", redemption).body["repeated"], true);
  EXPECT_EQ(api.post("/v1/vouchers/redeem", {{"code", code}, {"amount", 500}, {"currency", "EUR"}, {"reference", "SO-2"}}).code(),
            "voucher_balance");
  EXPECT_EQ(api.post("/v1/vouchers/release", {{"code", code}, {"reference", "SO-1"}}).body["voucher"]["balance"]["amount"], 900);
  EXPECT_EQ(api.post("/v1/vouchers/release", {{"code", code}, {"reference", "SO-9"}}).status, 404);
  const auto storefront = Api::bearer(api.make_key(api.merchant(), {"vouchers:redeem"}));
  EXPECT_EQ(api.post("/v1/vouchers", body, storefront).status, 403);
}

void Conformance::pages() {
  for (const std::string page :
       {"/livez", "/readyz", "/docs", "/docs/problems", "/docs/docs.css", "/v1/openapi.json", "/v1/command_cards.pdf?quantities=2,3"}) {
    EXPECT_EQ(api.get(page).status, 200) << page;
  }
  EXPECT_EQ(api.get("/v1/command_cards.pdf?quantities=0").status, 422);
}

void Conformance::whole_day() {
  products_and_stock();
  orders();
  floor_and_tracking();
  hand_overs();
  cancellations();
  returns();
  cases();
  refunds();
  vouchers();
  pages();
}

TEST_F(Conformance, ARequestWhoseAnswerWasLostIsAnsweredAgainAndDoesNothingTwice) {
  api.lose_answers();
  whole_day();
}

TEST_F(Conformance, EveryOperationAnswersAsTheDocumentSays) {
  whole_day();
  const auto seen = api.seen();
  for (const auto& [path, operations] : api.document()["paths"].items()) {
    for (const auto& [method, operation] : operations.items()) {
      std::string name = method + " " + path;
      std::transform(name.begin(), name.begin() + static_cast<std::ptrdiff_t>(method.size()), name.begin(),
                     [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
      for (const auto& [status, ignored] : operation["responses"].items()) {
        if (status[0] == '2' || status == "304") {
          EXPECT_TRUE(seen.contains(name + " " + status)) << name << " was never seen to answer " << status;
        }
      }
    }
  }
}

}  // namespace
}  // namespace roundtrip::test
