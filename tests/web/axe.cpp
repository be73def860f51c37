// axe-core over the DevTools protocol: that way no policy of the page's content has to let it in.
#include "web/axe.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace roundtrip::test {
namespace {

const std::string& axe_source() {
  static const std::string source = [] {
    const char* path = std::getenv("ROUNDTRIP_TEST_AXE");
    if (path == nullptr || *path == '\0') return std::string();
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error(std::string("ROUNDTRIP_TEST_AXE names a file that cannot be read: ") + path);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }();
  return source;
}

// What a promise of this script comes to.
Json evaluate(Browser& browser, const std::string& expression) {
  const Json reply = browser.devtools("Runtime.evaluate", {{"expression", expression}, {"awaitPromise", true}, {"returnByValue", true}});
  if (reply.contains("exceptionDetails")) throw std::runtime_error("axe: " + reply["exceptionDetails"].dump());
  return reply["result"].value("value", Json());
}

// preload: axe would fetch the page's style sheets once more. The size of targets (WCAG 2.2, 2.5.8) is not among its defaults.
constexpr const char* kRun = R"js(
axe.run(document, {
  runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice']},
  rules: {'target-size': {enabled: true}},
  resultTypes: ['violations'],
  preload: false,
}).then((result) => ({
  version: result.testEngine.version,
  passed: result.passes.length,
  violations: result.violations.map((one) => ({
    rule: one.id + ' (' + one.impact + '): ' + one.help,
    more: one.helpUrl,
    elements: one.nodes.slice(0, 5).map((node) => node.html.slice(0, 200) + ' -- ' + node.failureSummary),
  })),
}))
)js";

}  // namespace

bool axe_is_here() { return !axe_source().empty(); }

void expect_no_violation(Browser& browser) {
  if (!axe_is_here()) return;
  evaluate(browser, axe_source() + "\n;0");
  const Json result = evaluate(browser, kRun);
  EXPECT_GT(result["passed"].get<int>(), 0) << "axe looked at nothing: " << result;
  EXPECT_TRUE(result["violations"].empty()) << result["violations"].dump(1);
}

}  // namespace roundtrip::test
