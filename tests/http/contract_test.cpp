// The contract from the document alone: every operation with no key, a poor key, another merchant's ids, and every way
// to get its body wrong that the document forbids. Each answer is held against the document by the client.
#include <gtest/gtest.h>

#include "support/api.hpp"
#include "support/pictures.hpp"

namespace roundtrip::test {
namespace {

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

struct Operation {
  std::string method, path, target;  // target: with the examples of its path parameters
  const json* spec = nullptr;
  bool open() const { return spec->contains("security"); }
  std::string scope() const { return spec->value("x-scope", ""); }
  const json* media() const {
    const bool takes_json = spec->contains("requestBody") && (*spec)["requestBody"]["content"].contains("application/json");
    return takes_json ? &(*spec)["requestBody"]["content"]["application/json"] : nullptr;
  }
  bool takes_pictures() const { return spec->contains("requestBody") && (*spec)["requestBody"]["content"].contains("image/jpeg"); }
  json example() const { return media() != nullptr && media()->contains("example") ? (*media())["example"] : json(); }
  std::string name() const { return method + " " + path; }
};

struct Contract : testing::Test {
  Api api;
  std::vector<Operation> operations;

  void SetUp() override {
    for (const auto& [path, methods] : api.document()["paths"].items()) {
      for (const auto& [method, spec] : methods.items()) operations.push_back({upper(method), path, target_of(path, spec), &spec});
    }
    ASSERT_GE(operations.size(), 50U);
    api.add_product("MUG-RED", "4006381333931", 10);
    const auto order = api.take_order(api.order_body("SO-1", {{"MUG-RED", 2}}));
    ASSERT_EQ(order["id"], "ord_1");  // what the examples speak of
    ASSERT_EQ(order["lines"][0]["id"], "lin_1");
  }
  std::string target_of(std::string path, const json& spec) {
    for (const auto& given : spec.value("parameters", json::array())) {
      const json& parameter = resolve(api.document(), given);
      if (parameter["in"] != "path") continue;
      const std::string name = "{" + parameter["name"].get<std::string>() + "}";
      path.replace(path.find(name), name.size(), parameter.value("example", "x"));
    }
    return path;
  }
  static std::string text_of(const json& body) { return body.is_null() ? "" : body.dump(); }
};

TEST_F(Contract, WithoutAGoodKeyNobodyComesIn) {
  for (const auto& one : operations) {
    if (one.open()) continue;
    for (const std::string authorization : {"", "Bearer ", "Bearer rt_demo_0000", "Basic YTpi", "Bearer x y", "rt_demo_x"}) {
      const auto answer = api.call(one.method, one.target, text_of(one.example()), {{"Authorization", authorization}});
      EXPECT_EQ(answer.status, 401) << one.name();
      EXPECT_EQ(answer.header("www-authenticate"), "Bearer realm=\"roundtrip\"");
    }
  }
}

TEST_F(Contract, AKeyMayOnlyWhatItsScopesSay) {
  for (const auto& one : operations) {
    if (one.scope().empty()) continue;
    std::vector<std::string> others;
    for (const auto scope : usecases::kScopes) {
      if (scope != one.scope() && scope != "admin") others.emplace_back(scope);
    }
    const auto poor = api.call(one.method, one.target, text_of(one.example()), Api::bearer(api.make_key(api.merchant(), others)));
    EXPECT_EQ(poor.status, 403) << one.name();
    EXPECT_EQ(poor.code(), "missing_scope");
    if (one.scope() == "admin") continue;
    const auto rich = api.call(one.method, one.target, text_of(one.example()), Api::bearer(api.make_key(api.merchant(), {one.scope()})));
    EXPECT_TRUE(rich.status != 401 && rich.status != 403) << one.name() << " " << rich.text;
  }
}

TEST_F(Contract, WhatIsAnotherMerchantsIsNotThere) {
  const auto other = api.other_merchant();
  int checked = 0;
  for (const auto& one : operations) {
    // Make a product and a meaning of their own.
    const bool makes_own = one.name() == "PUT /v1/products/{sku}" || one.name() == "POST /v1/carriers/{carrier}/codes";
    // Names are each merchant's own: the same one is another thing.
    const bool by_name = one.path == "/v1/stations/{name}" || one.path == "/v1/shops/{name}";
    if (one.open() || one.path.find('{') == std::string::npos || makes_own || by_name) continue;
    Headers headers = other;
    if (one.takes_pictures()) headers.emplace_back("Content-Type", "image/jpeg");
    const std::string body = one.takes_pictures() ? labels::jpeg(corners(8, 8), 80) : text_of(one.example());
    const auto answer = api.call(one.method, one.target, body, headers);
    EXPECT_EQ(answer.status, 404) << one.name() << " " << answer.text;
    ++checked;
  }
  EXPECT_GE(checked, 25);
  json theirs = {{"order_id", "ord_1"}, {"lines", {{{"line_id", "lin_1"}, {"quantity", 1}}}}};
  EXPECT_EQ(api.post("/v1/returns", theirs, other).status, 404);
  EXPECT_EQ(api.get("/v1/orders", other).body["items"].size(), 0U);
  EXPECT_EQ(api.get("/v1/products", other).body["items"].size(), 0U);
  EXPECT_EQ(api.get("/v1/refunds", other).body["items"].size(), 0U);
  const std::string shipment = api.get("/v1/orders/ord_1").body["shipments"][0]["code"];
  const auto scanned = api.post("/v1/scans", Api::scan_body("pick-1", shipment), other);
  EXPECT_EQ(scanned.body["outcome"], "refused") << scanned.text;
  EXPECT_EQ(scanned.body["code"], "unknown_barcode");
}

TEST_F(Contract, UnreadableBodiesAreRefusedEverywhere) {
  std::string deep = R"({"a":)", far_deeper;
  for (int i = 0; i < 65; ++i) deep += "[";
  for (int i = 0; i < 65; ++i) deep += "]";
  deep += "}";
  for (int i = 0; i < 200'000; ++i) far_deeper += "[";
  const std::vector<std::string> bodies = {"{",
                                           "}",
                                           "nul",
                                           "{\"a\":01}",
                                           "{'a':1}",
                                           "{\"a\":1,}",
                                           "{\"a\":\"\xC3\x28\"}",
                                           "\xFF\xFE{}",
                                           "{\"a\":1e999}",
                                           "{\"a\":\"\t\"}",
                                           "{\"a\":\"\\ud800\"}",
                                           std::string("{\"a\":1}\0", 8),
                                           "{}{}",
                                           "NaN",
                                           deep,
                                           far_deeper};
  for (const auto& one : operations) {
    if (one.media() == nullptr || one.open()) continue;
    for (const auto& body : bodies) {
      const auto answer = api.call(one.method, one.target, body);
      EXPECT_EQ(answer.status, 400) << one.name() << " " << body.substr(0, 40) << " " << answer.text.substr(0, 200);
      EXPECT_EQ(answer.code(), "not_json");
    }
    const auto text = api.call(one.method, one.target, "{}", {{"Content-Type", "text/plain"}});
    EXPECT_EQ(text.status, 415) << one.name();
    EXPECT_EQ(api.call(one.method, one.target, std::string((4 << 20) + 1, ' ')).status, 413) << one.name();
  }
}

// What an example becomes when one field is made wrong, and the pointer that must be named.
struct Wrong {
  json body;
  std::string pointer;
};

// Values of other types and beyond every limit in the place of the one that is there.
void wrong_values(const json& whole, const std::string& at, std::vector<Wrong>& out) {
  const json value = whole.at(json::json_pointer(at));
  std::vector<json> values = {value.is_number() ? json("17") : json(17.5),
                              value.is_string() || value.is_null() ? json::array({"x"}) : json("x")};
  if (value.is_string()) values.insert(values.end(), {json(std::string("a\0b", 3)), json("a\x01"), json(std::string(30'000, 'x'))});
  if (value.is_number_integer()) {
    values.insert(values.end(),
                  {json(INT64_MAX), json(INT64_MIN), json(UINT64_MAX), json(1e300), json(value.get<std::int64_t>() + 0.5), json(1.0)});
  }
  for (const auto& other : values) {
    json bad = whole;
    bad[json::json_pointer(at)] = other;
    out.push_back({bad, at});
  }
}

void make_wrong(const json& document, const json& given, const json& whole, const std::string& at, std::vector<Wrong>& out) {
  const json::json_pointer here(at);
  const json& value = whole.at(here);
  const json* schema = &resolve(document, given);
  if (schema->contains("oneOf")) schema = &resolve(document, (*schema)["oneOf"][0]);
  if (value.is_object() && schema->contains("properties")) {
    json extra = whole;
    extra[here]["zzz_unknown"] = 1;
    out.push_back({extra, at + "/zzz_unknown"});
    for (const auto& name : schema->value("required", json::array())) {
      json less = whole;
      less[here].erase(name.get<std::string>());
      out.push_back({less, at + "/" + name.get<std::string>()});
    }
    for (const auto& [name, one] : value.items()) make_wrong(document, (*schema)["properties"][name], whole, at + "/" + name, out);
  }
  if (value.is_array() && schema->contains("items") && !value.empty() && value[0].is_object())
    make_wrong(document, (*schema)["items"], whole, at + "/0", out);
  if (!at.empty()) wrong_values(whole, at, out);
}

TEST_F(Contract, EveryFieldThatIsWrongIsNamed) {
  std::size_t checked = 0;
  for (const auto& one : operations) {
    const json example = one.example();
    if (!example.is_object() || one.open()) continue;
    std::vector<Wrong> cases;
    make_wrong(api.document(), (*one.media())["schema"], example, "", cases);
    for (const auto& wrong : cases) {
      const auto answer = api.call(one.method, one.target, wrong.body.dump());
      EXPECT_EQ(answer.status, 422) << one.name() << " " << wrong.pointer << " " << answer.text.substr(0, 300);
      const auto pointers = answer.pointers();
      const bool named = std::any_of(pointers.begin(), pointers.end(), [&](const auto& pointer) {
        return pointer == wrong.pointer || pointer.starts_with(wrong.pointer + "/");
      });
      EXPECT_TRUE(named) << one.name() << " " << wrong.pointer << " is not among " << json(pointers).dump();
      ++checked;
    }
  }
  EXPECT_GT(checked, 300U);
}

void collect_nullable(const json& document, const json& given, const std::string& at, std::vector<std::string>& out) {
  const json* schema = &resolve(document, given);
  if (schema->contains("oneOf")) {
    for (const auto& one : (*schema)["oneOf"]) {
      if (one.value("type", json()) == "null") out.push_back(at);
    }
    return;
  }
  if ((*schema).value("type", json()).is_array()) out.push_back(at);
  if (!schema->contains("properties")) return;
  for (const auto& [name, one] : (*schema)["properties"].items()) collect_nullable(document, one, at + "/" + name, out);
}

TEST_F(Contract, NullIsTheSameAsLeftOutWhereTheDocumentSaysSo) {
  int checked = 0;
  for (const auto& one : operations) {
    if (one.open() || !one.example().is_object()) continue;
    std::vector<std::string> nullable;
    collect_nullable(api.document(), (*one.media())["schema"], "", nullable);
    for (const auto& pointer : nullable) {
      json body = one.example();
      const json::json_pointer at(pointer);
      if (!at.parent_pointer().empty() && !body.value(at.parent_pointer(), json()).is_object()) continue;
      body[at] = nullptr;
      const auto answer = api.call(one.method, one.target, body.dump());
      for (const auto& named : answer.pointers())
        EXPECT_FALSE(named == pointer || named.starts_with(pointer + "/")) << one.name() << " " << answer.text;
      ++checked;
    }
  }
  EXPECT_GT(checked, 60);
}

TEST_F(Contract, AllFaultsOfABodyAreListedAtOnce) {
  json body = Api::order_body("SO-9", {{"MUG-RED", 1}, {"MUG-RED", 1}});
  body["color"] = "red";
  body["currency"] = 7;
  body.erase("placed_at");
  body["customer"]["email"] = "nobody";
  body["ship_to"]["country"] = "Portugal";
  body["ship_to"].erase("city");
  body["lines"][0]["quantity"] = 0;
  body["lines"][1]["unit_price"] = 1.5;
  body["lines"][1]["size/~"] = "XL";
  const auto answer = api.post("/v1/orders", body);
  EXPECT_EQ(answer.status, 422);
  const std::vector<std::string> wanted = {
      "/color",     "/currency",     "/customer/email", "/lines/0/quantity", "/lines/1/size~1~0", "/lines/1/unit_price",
      "/placed_at", "/ship_to/city", "/ship_to/country"};
  EXPECT_EQ(answer.pointers(), wanted) << answer.text;
}

TEST_F(Contract, MethodsThatAPathDoesNotTakeAreListed) {
  for (const auto& [path, methods] : api.document()["paths"].items()) {
    std::set<std::string> allowed;
    std::string target;
    for (const auto& one : operations) {
      if (find_operation(api.document(), one.method, target_of(path, methods.begin().value()))->operation == one.spec)
        allowed.insert(one.method);
    }
    target = target_of(path, methods.begin().value());
    for (const std::string method : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
      if (find_operation(api.document(), method, target)->operation != nullptr) continue;
      const auto answer = api.call(method, target);
      EXPECT_EQ(answer.status, 405) << method << " " << target;
      for (const auto& name : allowed)
        EXPECT_NE(answer.header("allow").find(name), std::string::npos) << method << " " << target << " " << answer.header("allow");
    }
  }
  for (const std::string path :
       {"/", "/v2/orders", "/v1", "/v1/", "/v1/orders/", "/v1//orders", "/v1/orders/ord_1/x", "/V1/orders", "/v1/orders;x=1"}) {
    EXPECT_EQ(api.get(path).status, 404) << path;
  }
}

TEST_F(Contract, QueryParametersAreChecked) {
  for (const std::string query :
       {"limit=0", "limit=201", "limit=-1", "limit=", "limit=1.5", "limit=abc", "limit=99999999999999999999", "cursor=!", "cursor=%00",
        "status=lost", "status=%ff", "updated_after=yesterday", "external_id=%00", "external_id=%c3%28"}) {
    EXPECT_EQ(api.get("/v1/orders?" + query).status, 422) << query;
  }
  for (const std::string query : {"limit=1", "limit=200", "status=open", "external_id=none", "updated_after=2026-11-20T09:15:00Z",
                                  "unknown=1", "&&&=", "limit=5&limit=x"}) {
    EXPECT_EQ(api.get("/v1/orders?" + query).status, 200) << query;
  }
  EXPECT_EQ(api.get("/v1/products?cursor=%00").status, 422);
  EXPECT_EQ(api.get("/v1/refunds?state=gone").status, 422);
  EXPECT_EQ(api.get("/v1/refunds?cursor=%25").status, 422);
  EXPECT_EQ(api.get("/v1/orders/ord_1/timeline?cursor=*").status, 422);
}

}  // namespace
}  // namespace roundtrip::test
