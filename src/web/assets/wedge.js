// A scanner is a keyboard that types fast: bursts of keys end as one scan, wherever the focus is.
// Most pauses of a burst are at most settings.gap ms; a single longer one (a busy device, a weak radio) does
// not cut a code in two, because the rest of a code must never count as a code of its own.
// settings: {gap, min, suffix: "both" | "enter" | "tab", prefix}. onScan(text, facts).
"use strict";
function listenToScanner(settings, onScan, onKey) {
  let burst = [];
  let last = 0;
  let field = null;
  let fieldValue = "";
  const longestPause = () => Math.max(300, settings.gap * 10);
  const usualPause = () => {
    const pauses = burst.slice(1).map((one) => one.pause).sort((a, b) => a - b);
    return pauses.length ? pauses[Math.floor((pauses.length - 1) / 2)] : 0;
  };
  const forget = () => { burst = []; field = null; };
  const typable = (element) => element && (element.tagName === "TEXTAREA" ||
    (element.tagName === "INPUT" && !["checkbox", "radio", "button", "submit"].includes(element.type)));
  const ends = (key) => (key === "Enter" && settings.suffix !== "tab") || (key === "Tab" && settings.suffix !== "enter");
  document.addEventListener("keydown", (event) => {
    const now = event.timeStamp;
    const pause = now - last;
    if (onKey) onKey(event, burst.length ? pause : 0);
    if (event.isComposing || event.metaKey || event.altKey) return forget();
    const separator = event.ctrlKey && event.key === "]";  // GS1's separator as wedges send it
    if (event.ctrlKey && !separator) return forget();
    if (separator || event.key.length === 1) {
      if (burst.length && pause > longestPause()) forget();
      if (!burst.length) {
        field = typable(document.activeElement) ? document.activeElement : null;
        fieldValue = field ? field.value : "";
      }
      if (separator) event.preventDefault();
      burst.push({ key: separator ? "\u001d" : event.key, pause: burst.length ? pause : 0 });
      last = now;
      return;
    }
    if (event.key === "Shift" || event.key === "CapsLock") return;
    if (ends(event.key) && burst.length >= settings.min && pause <= longestPause() && usualPause() <= settings.gap) {
      event.preventDefault();
      event.stopImmediatePropagation();
      let text = burst.map((one) => one.key).join("");
      const slowest = Math.max(...burst.map((one) => one.pause));
      if (settings.prefix && text.startsWith(settings.prefix)) text = text.slice(settings.prefix.length);
      if (field) field.value = fieldValue;  // take the burst out of the field it fell into
      forget();
      onScan(text, { characters: text.length, slowest, ended: event.key });
      return;
    }
    forget();
  }, true);
}
function scannerSettings(station) {
  const defaults = { gap: 30, min: 3, suffix: "both", prefix: "" };
  try {
    return Object.assign(defaults, JSON.parse(localStorage.getItem("rt-scanner-" + station) || "{}"));
  } catch (broken) {
    return defaults;
  }
}
