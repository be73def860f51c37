// The document against the routes, in both directions, and the pages made from it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "support/api.hpp"
#include "support/places.hpp"
#include "support/schema.hpp"

namespace roundtrip::test {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

struct OpenApi : testing::Test {
  Api api;
  const json& document = api.document();
};

TEST_F(OpenApi, EveryRouteIsInTheDocumentWithItsGateAndItsScope) {
  for (const auto& route : api.router().routes()) {
    const std::string what = route.method + " " + route.pattern;
    const auto path = document["paths"].find(route.pattern);
    ASSERT_NE(path, document["paths"].end()) << what;
    ASSERT_TRUE(path->contains(lower(route.method))) << what;
    const json& operation = (*path)[lower(route.method)];
    EXPECT_EQ(operation.contains("security"), route.gate == http::Gate::open) << what;
    EXPECT_EQ(operation.value("x-scope", ""), route.scope) << what;
    bool keyed = false;
    for (const auto& given : operation.value("parameters", json::array()))
      keyed = keyed || resolve(document, given)["name"] == "Idempotency-Key";
    EXPECT_EQ(keyed, route.idempotent_post) << what;
  }
}

TEST_F(OpenApi, EveryOperationOfTheDocumentIsARoute) {
  std::set<std::string> routes, ids;
  for (const auto& route : api.router().routes()) routes.insert(lower(route.method) + " " + route.pattern);
  for (const auto& [path, operations] : document["paths"].items()) {
    for (const auto& [method, operation] : operations.items()) {
      EXPECT_TRUE(routes.contains(method + " " + path)) << method << " " << path;
      EXPECT_TRUE(ids.insert(operation["operationId"]).second) << operation["operationId"] << " stands twice";
    }
  }
  EXPECT_EQ(routes.size(), ids.size());
}

TEST_F(OpenApi, PathParametersAreDescribed) {
  const std::regex name_in_braces("\\{([^}]+)\\}");
  for (const auto& [path, operations] : document["paths"].items()) {
    std::set<std::string> wanted;
    for (std::sregex_iterator at(path.begin(), path.end(), name_in_braces), end; at != end; ++at) wanted.insert((*at)[1]);
    for (const auto& [method, operation] : operations.items()) {
      std::set<std::string> described;
      for (const auto& given : operation.value("parameters", json::array())) {
        const json& parameter = resolve(document, given);
        if (parameter["in"] == "path") described.insert(parameter["name"]);
      }
      EXPECT_EQ(described, wanted) << method << " " << path;
    }
  }
}

void collect_refs(const json& value, std::set<std::string>& refs) {
  if (value.is_object() && value.contains("$ref")) refs.insert(value["$ref"]);
  if (!value.is_structured()) return;
  for (const auto& one : value) collect_refs(one, refs);
}

TEST_F(OpenApi, EveryReferenceLeadsSomewhereAndEveryComponentIsUsed) {
  std::set<std::string> refs;
  collect_refs(document, refs);
  for (const auto& ref : refs) EXPECT_TRUE(document.contains(json::json_pointer(ref.substr(1)))) << ref;
  for (const std::string kind : {"schemas", "parameters", "responses"}) {
    for (const auto& [name, ignored] : document["components"][kind].items()) {
      EXPECT_TRUE(refs.contains("#/components/" + kind + "/" + name)) << kind << "/" << name << " is used nowhere";
    }
  }
}

// Objects of a request are closed: what the document does not name is refused.
void expect_closed(const json& document, const json& schema, const std::string& at) {
  const json& found = resolve(document, schema);
  if (found.contains("properties")) {
    EXPECT_TRUE(found.contains("additionalProperties") && found["additionalProperties"] == false) << at;
    for (const auto& [name, one] : found["properties"].items()) expect_closed(document, one, at + "/" + name);
  }
  if (found.contains("items")) expect_closed(document, found["items"], at + "/items");
  for (const auto& one : found.value("oneOf", json::array())) expect_closed(document, one, at + "/oneOf");
}

TEST_F(OpenApi, RequestBodiesAreClosedAndTheirExamplesFit) {
  int bodies = 0, examples = 0;
  for (const auto& [path, operations] : document["paths"].items()) {
    for (const auto& [method, operation] : operations.items()) {
      if (!operation.contains("requestBody") || !operation["requestBody"]["content"].contains("application/json")) continue;  // pictures
      const json& media = operation["requestBody"]["content"]["application/json"];
      expect_closed(document, media["schema"], method + " " + path);
      ++bodies;
      if (!media.contains("example")) continue;
      EXPECT_EQ(schema_faults(document, media["schema"], media["example"]), std::vector<std::string>{}) << method << " " << path;
      ++examples;
    }
  }
  EXPECT_GE(bodies, 20);
  EXPECT_GE(examples, 15);
}

TEST_F(OpenApi, EveryProblemCodeOfTheSourceIsExplained) {
  const std::regex in_error(R"re(ErrorKind::[a-z_]+,\s*(?:\.code = )?"([a-z_]+)")re"), in_guard(R"re(refusal\([0-9]+, "([a-z_]+)")re"),
      assigned(R"re((?:error\.code = |try_again\()"([a-z_]+)")re");
  // Commands and pages have codes of their own.
  const std::set<std::string> not_api = {"imports.cpp", "import_batch.cpp", "access.cpp",       "customer.cpp",
                                         "desk.cpp",    "floor.cpp",        "notifications.cpp"};
  int codes = 0;
  for (const std::string room : {"http", "usecases"}) {
    for (const auto& file : std::filesystem::directory_iterator(std::filesystem::path(ROUNDTRIP_SOURCE_DIR) / "src" / room)) {
      if (not_api.contains(file.path().filename())) continue;
      const std::string text = read_text(file.path());
      for (const auto& pattern : {in_error, in_guard, assigned}) {
        for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at, ++codes) {
          const std::string code = (*at)[1];
          EXPECT_TRUE(document["x-problems"].contains(code == "no_such_" ? "no_such_id" : code)) << code << " in " << file.path();
        }
      }
    }
  }
  EXPECT_GT(codes, 60);
  const std::string front_door = read_text(std::filesystem::path(ROUNDTRIP_SOURCE_DIR) / "config" / "nginx.conf.in");
  const std::regex in_front_door(R"re("code":"([a-z_]+)")re");
  for (std::sregex_iterator at(front_door.begin(), front_door.end(), in_front_door), end; at != end; ++at) {
    EXPECT_TRUE(document["x-problems"].contains((*at)[1].str())) << (*at)[1] << " in nginx.conf.in";
  }
}

TEST_F(OpenApi, ThePagesNameEveryOperationAndEveryProblem) {
  const auto docs = api.get("/docs");
  ASSERT_EQ(docs.status, 200);
  for (const auto& [path, operations] : document["paths"].items()) {
    for (const auto& [method, operation] : operations.items()) {
      EXPECT_NE(docs.text.find("<h3 id=\"" + operation["operationId"].get<std::string>() + "\">"), std::string::npos)
          << method << " " << path;
    }
  }
  EXPECT_EQ(docs.text.find("<script"), std::string::npos);
  EXPECT_EQ(docs.text.find(" style="), std::string::npos);
  const auto problems = api.get("/docs/problems");
  for (const auto& [code, ignored] : document["x-problems"].items()) {
    EXPECT_NE(problems.text.find("id=\"" + code + "\""), std::string::npos) << code;
  }
  EXPECT_EQ(api.get("/docs/docs.css").header("content-type"), "text/css; charset=utf-8");
  EXPECT_EQ(api.get("/v1/openapi.json").body, document);
  const auto missing = api.get("/v1/nothing");
  EXPECT_EQ(missing.body["type"], "/docs/problems#no_such_path");
  EXPECT_EQ(missing.body["instance"], "/v1/nothing");
}

}  // namespace
}  // namespace roundtrip::test
