// The judge of requests judges: a document of our own, and values that fit it and do not.
#include "support/openapi.hpp"

#include <gtest/gtest.h>

namespace roundtrip::carriers::test {
namespace {
constexpr const char* kDocument = R"(openapi: 3.0.1
# a comment
components:
  schemas:
    "Order":
      type: object
      required:
      - Name
      - lines
      properties:
        Name:
          type: string
          maxLength: 5
          description: A name: of something,
            told over two lines # and a remark
        kind:
          type: string
          enum: [small, 'large']
        lines:
          type: array
          items:
            $ref: '#/components/schemas/Line'
        note:
          allOf:
            - $ref: "#/components/schemas/Line"
    Line:
      description: |
        Text: with
          deeper lines

        - and a dash
      type: object
      properties:
        count:
          type: integer
        ok: {}
)";

TEST(OpenApiJudge, ReadsYamlAsDocumentsUseIt) {
  const auto document = yaml_document(kDocument);
  const auto& order = document["components"]["schemas"]["Order"];
  EXPECT_EQ(order["required"], nlohmann::json::parse(R"(["Name","lines"])"));
  EXPECT_EQ(order["properties"]["Name"]["maxLength"], 5);
  EXPECT_EQ(order["properties"]["Name"]["description"], "A name: of something, told over two lines");
  EXPECT_EQ(order["properties"]["kind"]["enum"], nlohmann::json::parse(R"(["small","large"])"));
  EXPECT_EQ(document["components"]["schemas"]["Line"]["properties"]["count"]["type"], "integer");
}

TEST(OpenApiJudge, ReadsEveryDocumentAtHand) {
  const std::vector<std::string> names = {"ups/Shipping.yaml",
                                          "ups/Tracking.yaml",
                                          "ups/UPSTrackAlert.yaml",
                                          "usps/tracking-3.2.6.yaml",
                                          "usps/scan-forms-3.1.14.yaml",
                                          "usps/domestic-labels-3.9.13.yaml",
                                          "dhl/mydhl-express-3.1.1.yaml",
                                          "dhl/parcel-de-shipping-2.2.yaml",
                                          "dhl/parcel-de-returns-1.0.9.yaml",
                                          "fedex/ship-v1.json",
                                          "fedex/track-v1.json"};
  for (const auto& name : names) {
    const auto document = specification(name);
    if (!document) GTEST_SKIP() << "the carriers' specifications are not at hand";
    EXPECT_TRUE(document->contains("paths") && !document->at("paths").empty()) << name;
    EXPECT_TRUE(document->contains("components") && document->at("components").contains("schemas")) << name;
  }
}

TEST(OpenApiJudge, FindsWhatDoesNotFit) {
  const auto document = yaml_document(kDocument);
  const auto faults = [&](const char* value) { return faults_of(document, "Order", nlohmann::json::parse(value)); };
  EXPECT_TRUE(faults(R"({"Name":"abc","kind":"large","lines":[{"count":1}],"note":{"count":2}})").empty());
  EXPECT_EQ(faults(R"({"lines":[]})"), std::vector<std::string>{"/ lacks Name"});
  EXPECT_EQ(faults(R"({"Name":"abcdef","lines":[]})"), std::vector<std::string>{"/Name is longer than 5"});
  EXPECT_EQ(faults(R"({"Name":"abc","lines":{}})"), std::vector<std::string>{"/lines is no list"});
  EXPECT_EQ(faults(R"({"Name":7,"lines":[{"count":"1"}]})").size(), 2u);
  EXPECT_EQ(faults(R"({"Name":"a","lines":[{"new":1}]})"), std::vector<std::string>{"/lines/0 has new, which is not in the specification"});
  EXPECT_EQ(faults(R"({"Name":"a","lines":[],"kind":"huge"})"), std::vector<std::string>{"/kind is huge, which is not in the list"});
  EXPECT_EQ(faults(R"({"Name":"a","lines":[],"note":{"count":1.5}})"), std::vector<std::string>{"/note/count is no whole number"});
}
}  // namespace
}  // namespace roundtrip::carriers::test
