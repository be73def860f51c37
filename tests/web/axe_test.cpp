// axe is here and sees faults: a page without violations has been looked at.
#include "web/axe.hpp"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include "web/shop.hpp"

namespace roundtrip::test {
namespace {

TEST(Axe, SeesWhatIsWrongWithAPage) {
  if (!axe_is_here()) {
    GTEST_SKIP() << "axe-core is not here, so no page was checked with it. ./test fetches it with npm; ROUNDTRIP_TEST_AXE names an "
                    "axe.min.js by hand.";
  }
  Shop shop;
  Browser browser{shop.folder().string()};
  browser.open(shop.at("/login"));
  expect_no_violation(browser);
  browser.script("document.querySelector('#password').insertAdjacentHTML('afterend', '<input name=\"nameless\">')");
  EXPECT_NONFATAL_FAILURE(expect_no_violation(browser), "Form elements must have labels");
}

}  // namespace
}  // namespace roundtrip::test
