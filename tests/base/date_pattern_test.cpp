// The shape of dates.
#include "base/date_pattern.hpp"

#include <gtest/gtest.h>

namespace roundtrip {
namespace {

TEST(DatePattern, FitsWhereEveryConversionFindsItsCharacters) {
  struct {
    const char *text, *pattern;
    bool fits;
  } const kCases[] = {{"2010-12-01 08:26:00", "%Y-%m-%d %H:%M:%S", true},
                      {"2010-12-01 08:26:00", "%F %T", true},
                      {"1/2/2010 8:05", "%d/%m/%Y %H:%M", true},
                      {"2010-12-01 08:26:x", "%F %T", false},
                      {"2010-12-01 08:26:", "%F %T", false},
                      {"2010-12-01 08:26:.5", "%F %T", false},
                      {"2010-12-01 08:26", "%F %T", false},
                      {"2010-12-01 08:26", "%F %R", true},
                      {"12/01/10", "%D", true},
                      {" 5 Dec 2010", "%e %b %Y", true},
                      {"Dec 5, 2010 07:01:02 PM", "%b %d, %Y %r", true},
                      {"Dec 5, 2010 07:01: PM", "%b %d, %Y %r", false},
                      {"2010-12-01T08:26:00+01:00", "%FT%T%Ez", true},
                      {"2010-12-01T08:26:+01:00", "%FT%T%Ez", false},
                      {"100% 2010", "100%% %Y", true},
                      {"", "%Y", false},
                      {"", "", true},
                      {"2010", "%", false}};
  for (const auto& one : kCases) EXPECT_EQ(fits_date_pattern(one.text, one.pattern), one.fits) << one.text << " " << one.pattern;
}

}  // namespace
}  // namespace roundtrip
