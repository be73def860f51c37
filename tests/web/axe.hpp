// axe-core, the engine of accessibility checks, in the browser's page.
#pragma once
#include "web/browser.hpp"

namespace roundtrip::test {

// Was axe.min.js given (ROUNDTRIP_TEST_AXE names the file)?
bool axe_is_here();
// Runs axe in the page as it stands: the rules of WCAG 2.0, 2.1 and 2.2 (A and AA) and its best practices. Every violation fails the test
// with its rule, help and elements. Does nothing where axe is not here.
void expect_no_violation(Browser& browser);

}  // namespace roundtrip::test
