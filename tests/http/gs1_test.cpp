// SSCCs: given with the first label, the parcel's for good, never twice, and scanned like its own code.
#include "domain/gs1.hpp"

#include <gtest/gtest.h>

#include "support/api.hpp"

namespace roundtrip::test {
namespace {

const std::string kMug = "4006381333931";

struct Sscc : testing::Test {
  Api api;
  void SetUp() override { api.add_product("MUG", kMug, 20); }
  // Picked and packed; gives the parcel.
  json packed(const std::string& number) {
    const std::string id = api.take_order(Api::order_body(number, {{"MUG", 1}}))["id"];
    const std::string code = api.get("/v1/orders/" + id).body["shipments"][0]["code"];
    for (const std::string station : {"pick-1", "pack-1"}) {
      api.scan(station, code);
      api.scan(station, kMug);
    }
    return api.get("/v1/orders/" + id).body["shipments"][0]["parcels"][0];
  }
  std::string label_of(const json& parcel) {
    const auto label = api.get("/v1/parcels/" + parcel["id"].get<std::string>() + "/label.pdf");
    EXPECT_EQ(label.status, 200) << label.text.substr(0, 200);
    return label.text;
  }
  std::vector<std::string> given() {
    std::vector<std::string> out;
    store::Session session(api.db());
    for (auto& [sscc] :
         session.rows<std::string>("SELECT sscc FROM parcel_ssccs WHERE merchant_id = $1 ORDER BY parcel_id", api.merchant())) {
      out.push_back(sscc);
    }
    return out;
  }
};

TEST_F(Sscc, IsGivenOnceInWarehousesThatWantItAndScannedAtDispatch) {
  label_of(packed("SO-1"));
  EXPECT_TRUE(given().empty());
  EXPECT_EQ(api.put("/v1/labels/gs1", {{"company_prefix", "4012345"}, {"extension", 3}, {"warehouses", {"main"}}}).status, 200);
  EXPECT_EQ(api.put("/v1/labels/gs1", {{"company_prefix", "4012345"}, {"warehouses", {"nowhere"}}}).code(), "unknown_warehouse");
  const auto first = packed("SO-2"), second = packed("SO-3");
  for (int again = 0; again < 3; ++again) label_of(first);
  label_of(second);
  EXPECT_EQ(given(), (std::vector<std::string>{domain::sscc_of("4012345", 3, 1).value(), domain::sscc_of("4012345", 3, 2).value()}));
  const auto left = api.scan("dispatch-1", "]C100" + given()[0]);
  EXPECT_EQ(left["outcome"], "accepted") << left.dump();
  EXPECT_NE(left["say"].get<std::string>().find(first["code"].get<std::string>()), std::string::npos);
  EXPECT_EQ(api.scan("dispatch-1", "]C100" + domain::sscc_of("4012345", 3, 99).value())["outcome"], "refused");
}

TEST(SsccNumbers, HaveTheirPartsAndACheckDigitAndEnd) {
  EXPECT_EQ(domain::sscc_of("0614141", 1, 234567890), "106141412345678908");  // the example of the GS1 General Specifications
  EXPECT_EQ(domain::sscc_of("4012345", 0, 999'999'999).value().size(), 18U);
  EXPECT_FALSE(domain::sscc_of("4012345", 0, 1'000'000'000));
  EXPECT_FALSE(domain::sscc_of("401234", 0, 1));
  EXPECT_FALSE(domain::sscc_of("401234x", 0, 1));
  EXPECT_FALSE(domain::sscc_of("4012345", 10, 1));
}

}  // namespace
}  // namespace roundtrip::test
