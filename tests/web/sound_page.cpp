// What axe and a script of our own can see of WCAG 2.2, of weight and of foreign resources.
#include "web/sound_page.hpp"

#include <gtest/gtest.h>

#include "web/axe.hpp"

namespace roundtrip::test {
namespace {

// Faults of a page by rules of WCAG 2.2 that a script can see.
constexpr const char* kFaults = R"js(
const faults = [];
const say = (what, element) => faults.push(what + ': ' + (element ? element.outerHTML.slice(0, 120) : ''));
const visible = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility !== 'hidden';
if (!document.documentElement.lang) say('no lang');
if (!document.title) say('no title');
if (document.querySelectorAll('h1').length !== 1) say('not one h1 but ' + document.querySelectorAll('h1').length);
if (document.querySelectorAll('main').length !== 1) say('not one main');
if (!document.querySelector('a.skip, .plain-main')) say('no skip link');
const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) say('id twice ' + id);
for (const field of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
  if (!field.labels.length && !field.getAttribute('aria-label')) say('field without label', field);
}
for (const image of document.querySelectorAll('img')) if (!image.hasAttribute('alt')) say('image without alt', image);
for (const one of document.querySelectorAll('a[href], button, summary')) {
  if (!one.textContent.trim() && !one.getAttribute('aria-label')) say('no name', one);
  if (!visible(one) || one.classList.contains('skip')) continue;
  const box = one.getBoundingClientRect();
  const inline = one.tagName === 'A' && getComputedStyle(one).display === 'inline';
  if (!inline && (box.height < 24 || box.width < 24)) say('small target ' + box.width + 'x' + box.height, one);
}
for (const one of document.querySelectorAll('[aria-labelledby], [aria-describedby], [aria-controls]')) {
  for (const name of ['aria-labelledby', 'aria-describedby', 'aria-controls']) {
    for (const id of (one.getAttribute(name) || '').split(' ').filter(Boolean)) {
      if (!document.getElementById(id)) say(name + ' leads nowhere', one);
    }
  }
}
const levels = [...document.querySelectorAll('h1,h2,h3,h4')].filter(visible).map((h) => Number(h.tagName[1]));
levels.forEach((level, i) => { if (i && level > levels[i - 1] + 1) say('heading level skipped to h' + level); });
const parse = (color) => (color.match(/[\d.]+/g) || [0, 0, 0]).map(Number);
const light = (color) => {
  const [r, g, b] = color.slice(0, 3).map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const behind = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const color = parse(getComputedStyle(at).backgroundColor);
    if (color.length < 4 || color[3] > 0.99) return color;
  }
  return [255, 255, 255];
};
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.textContent.trim() || !visible(element)) continue;
  if (element.closest('.skip, .visually-hidden, noscript, option, [aria-hidden=true]')) continue;
  const style = getComputedStyle(element), a = light(parse(style.color)), b = light(behind(element));
  const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
  if (contrast < (large ? 3 : 4.5)) say('contrast ' + contrast.toFixed(2), element);
}
return faults;
)js";

constexpr const char* kWeight = R"js(
const own = location.origin + '/';
const all = performance.getEntriesByType('resource');
const foreign = all.filter((one) => !one.name.startsWith(own)).map((one) => one.name);
const bytes = all.reduce((sum, one) => sum + one.decodedBodySize, performance.getEntriesByType('navigation')[0].decodedBodySize);
return {foreign, bytes};
)js";

}  // namespace

void expect_sound_page(Browser& browser, int width, int most_bytes) {
  browser.wait_for("return document.readyState === 'complete'");
  const Json weight = browser.script(kWeight);
  EXPECT_TRUE(weight["foreign"].empty()) << weight["foreign"];
  EXPECT_LT(weight["bytes"].get<int>(), most_bytes);
  const Json faults = browser.script(kFaults);
  EXPECT_TRUE(faults.empty()) << faults.dump(1);
  EXPECT_LE(browser.script("return document.documentElement.scrollWidth").get<int>(), width) << "scrolls sideways";
  expect_no_violation(browser);
}

}  // namespace roundtrip::test
