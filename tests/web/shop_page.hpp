// A shop and a browser that looks at its pages; a page that complains (a script's error, a request that fails) fails its test.
#pragma once
#include <gtest/gtest.h>

#include "web/shop.hpp"
#include "web/sound_page.hpp"

namespace roundtrip::test {

struct ShopPage : testing::Test {
  Shop shop;
  Browser browser{shop.folder().string()};

  void TearDown() override {
    const auto complaints = browser.complaints();
    EXPECT_TRUE(complaints.empty()) << testing::PrintToString(complaints);
  }
  // The page as it stands, wide and as narrow as a phone.
  void expect_sound() {
    for (const int width : {1280, 390}) {
      SCOPED_TRACE(browser.path() + " at " + std::to_string(width));
      browser.resize(width, 844);
      expect_sound_page(browser, width);
    }
    browser.resize(1280, 844);
  }
};

}  // namespace roundtrip::test
