// A customer with a phone in front of the demo shop.
#pragma once
#include <gtest/gtest.h>

#include <string>

#include "web/shop.hpp"

namespace roundtrip::test {

struct CustomerPage : testing::Test {
  Shop shop;
  Browser browser{shop.folder().string()};
  Json links;

  void SetUp() override {
    links = shop.order("SO-1001")["links"];
    browser.resize(390, 844);
  }
  void TearDown() override {
    const auto complaints = browser.complaints();
    EXPECT_TRUE(complaints.empty()) << testing::PrintToString(complaints);
  }
  std::string link(const char* name) { return links[name].get<std::string>(); }
  std::string body() { return browser.text("body"); }
  bool says(const std::string& text) { return body().find(text) != std::string::npos; }
  // The path of a link, for forms that are sent as a browser without scripts and styles sends them.
  std::string path_of(const char* name) { return link(name).substr(shop.at("").size()); }
  void choose(const std::string& selector, const std::string& value) {
    browser.script("document.querySelector(arguments[0]).value = arguments[1]", {selector, value});
  }
  // The phone shows everything without sideways scrolling, and no script is needed.
  void expect_plain_and_narrow() {
    EXPECT_LE(browser.script("return document.documentElement.scrollWidth").get<int>(), 390);
    EXPECT_EQ(browser.script("return document.scripts.length"), 0) << "customers' pages work without JavaScript";
  }
};

}  // namespace roundtrip::test
