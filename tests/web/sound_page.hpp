// What holds for every page.
#pragma once
#include "web/browser.hpp"

namespace roundtrip::test {

// Fails the test where the page that is open is not accessible by what a script can see, is heavy, takes something from elsewhere, or
// scrolls sideways at this width.
void expect_sound_page(Browser& browser, int width, int most_bytes = 100'000);

}  // namespace roundtrip::test
