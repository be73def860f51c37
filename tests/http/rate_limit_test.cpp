// Who asks too often is slowed down, each key on its own.
#include <gtest/gtest.h>

#include "support/api.hpp"

namespace roundtrip::test {
namespace {

TEST(RateLimit, WhoAsksTooOftenIsToldHowLongToWait) {
  Api api(std::map<std::string, std::string>{{"http.rate_limit_per_minute", "5"}});
  const auto first = api.get("/v1/stations");
  EXPECT_EQ(first.header("ratelimit-policy"), "\"default\";q=5;w=60");
  EXPECT_TRUE(first.header("ratelimit").starts_with("\"default\";r=4;t=")) << first.header("ratelimit");
  for (int i = 0; i < 4; ++i) EXPECT_EQ(api.get("/v1/stations").status, 200);
  const auto refused = api.get("/v1/stations");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("ratelimit").substr(0, 13), "\"default\";r=0");
  EXPECT_GE(std::stoi("0" + refused.header("retry-after")), 1);
  // Another key has a bucket of its own.
  EXPECT_EQ(api.get("/v1/stations", Api::bearer(api.make_key(api.merchant(), {"scans:write"}))).status, 200);
}

}  // namespace
}  // namespace roundtrip::test
