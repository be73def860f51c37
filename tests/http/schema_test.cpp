// The judge of values judged: each keyword with a value that fits and one that does not.
#include "support/schema.hpp"

#include <gtest/gtest.h>

namespace roundtrip::test {
namespace {
using nlohmann::json;

struct Case {
  const char* schema;
  const char* value;
  std::size_t faults;
};

TEST(Schema, EveryKeywordRefusesWhatItMustAndNothingElse) {
  const Case cases[] = {
      {R"({"type":"string"})", R"("a")", 0},
      {R"({"type":"string"})", "1", 1},
      {R"({"type":"integer"})", "1", 0},
      {R"({"type":"integer"})", "1.5", 1},
      {R"({"type":"number"})", "1.5", 0},
      {R"({"type":"boolean"})", "0", 1},
      {R"({"type":["string","null"]})", "null", 0},
      {R"({"type":["string","null"]})", "[]", 1},
      {R"({"type":"object"})", R"({"any":1})", 0},
      {R"({"enum":["a","b"]})", R"("b")", 0},
      {R"({"enum":["a","b"]})", R"("c")", 1},
      {R"({"const":1})", "2", 1},
      {R"({"minLength":2})", R"("a")", 1},
      {R"({"maxLength":2})", R"("abc")", 1},
      {R"({"pattern":"^[a-z]$"})", R"("ab")", 1},
      {R"({"pattern":"^[a-z]$"})", R"("a")", 0},
      {R"({"format":"date-time"})", R"("2026-11-20T09:15:00Z")", 0},
      {R"({"format":"date-time"})", R"("2026-11-20T09:15:00+01:00")", 1},
      {R"({"format":"date-time"})", R"("yesterday Z")", 1},
      {R"({"format":"uri"})", R"("x")", 1},
      {R"({"minimum":1})", "0", 1},
      {R"({"minimum":1})", "1", 0},
      {R"({"maximum":1})", "2", 1},
      {R"({"minItems":1})", "[]", 1},
      {R"({"maxItems":1})", "[1,2]", 1},
      {R"({"items":{"type":"integer"}})", R"([1,"a","b"])", 2},
      {R"({"required":["a","b"]})", R"({"a":1})", 1},
      {R"({"properties":{"a":{"type":"integer"}}})", R"({"a":1})", 0},
      {R"({"properties":{"a":{"type":"integer"}}})", R"({"a":"x"})", 1},
      {R"({"properties":{"a":{}}})", R"({"b":1})", 1},
      {R"({"properties":{"a":{}},"additionalProperties":true})", R"({"b":1})", 0},
      {R"({"additionalProperties":{"type":"string"}})", R"({"b":1})", 1},
      {R"({"additionalProperties":false})", R"({"b":1})", 1},
      {R"({"oneOf":[{"type":"null"},{"type":"string"}]})", "null", 0},
      {R"({"oneOf":[{"type":"null"},{"type":"string"}]})", "1", 1},
      {R"({"oneOf":[{},{}]})", "1", 1},
      {R"({"anyOf":[{}]})", "1", 1},
      {R"({"$ref":"#/defs/a"})", R"("x")", 0},
      {R"({"$ref":"#/defs/a"})", "1", 1},
      {R"({"$ref":"#/defs/a","type":"string"})", R"("x")", 1},
  };
  const json document = {{"defs", {{"a", {{"type", "string"}}}}}};
  for (const Case& one : cases) {
    const auto faults = schema_faults(document, json::parse(one.schema), json::parse(one.value));
    EXPECT_EQ(faults.size(), one.faults) << one.schema << " " << one.value << " " << json(faults).dump();
  }
}

TEST(Schema, AFaultSaysWhereItIs) {
  const json schema = json::parse(R"({"properties":{"lines":{"items":{"properties":{"sku":{"type":"string"}}}}}})");
  const auto faults = schema_faults({}, schema, json::parse(R"({"lines":[{"sku":"a"},{"sku":7}]})"));
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_TRUE(faults[0].starts_with("/lines/1/sku: ")) << faults[0];
}

}  // namespace
}  // namespace roundtrip::test
