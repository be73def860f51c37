// Shows what a scanner sends, key by key.
"use strict";
(() => {
  const settings = scannerSettings("test");
  const box = document.getElementById("scanner-test");
  const say = (id, text) => { document.getElementById(id).textContent = text; };
  let keys = [];
  say("test-gap", settings.gap);
  const visible = (text) => text.replaceAll("\u001d", "␝");
  listenToScanner(settings, (text, facts) => {
    box.className = "test-result ok";
    say("test-word", "✓ A scan of " + facts.characters + " characters");
    say("test-text", visible(text));
    say("test-facts", "Slowest character " + Math.round(facts.slowest) + " ms, ended by " + facts.ended + ".");
    keys = [];
  }, (event, pause) => {
    keys.push((event.key.length === 1 ? visible(event.key) : event.key) + (pause ? " +" + Math.round(pause) : ""));
    keys = keys.slice(-60);
    document.getElementById("test-keys").textContent = keys.join("  ");
    if (event.key === "Enter" && pause > settings.gap) {
      box.className = "test-result bad";
      say("test-word", "! Typed by hand, or too slow for a scanner");
      say("test-facts", "The last key came " + Math.round(pause) + " ms after the one before; the limit is " + settings.gap + " ms.");
    }
  });
})();
