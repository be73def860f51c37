// One station: listens to the scanner, sends scans in order, shows what came of them and what is next.
"use strict";
(() => {
  const root = document.getElementById("station");
  const station = root.dataset.station;
  const csrf = root.dataset.csrf;
  const settings = scannerSettings(station);
  const queue = new ScanQueue("roundtrip-" + station);
  const byId = (id) => document.getElementById(id);
  const icons = { accepted: "✓", refused: "✕", needs_person: "!", busy: "…", waiting: "⇅", idle: "⌁" };
  const words = { accepted: "OK", refused: "No", needs_person: "Ask a person", busy: "Checking", waiting: "Not sent yet", idle: "Ready" };
  let soundOn = localStorage.getItem("rt-sound") !== "off";
  let audio = null;
  let sending = false;
  let retryIn = 500;
  let shown = 0;  // counts signals, so that an old timer never hides a new one

  const element = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined && text !== null) made.textContent = text;
    return made;
  };
  const uuid = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  };

  // ---- What the worker sees, hears and feels ----
  // Browsers let a page sound and vibrate only after its user has pressed something.
  const touched = () => !navigator.userActivation || navigator.userActivation.hasBeenActive;
  function tone(outcome) {
    if (!soundOn || !touched()) return;
    try {
      audio = audio || new AudioContext();
      const notes = {
        accepted: [[880, 0, 0.07], [1320, 0.08, 0.1]],
        refused: [[196, 0, 0.18], [147, 0.2, 0.32]],
        needs_person: [[523, 0, 0.12], [523, 0.18, 0.12], [523, 0.36, 0.12]],
      }[outcome] || [];
      for (const [frequency, start, length] of notes) {
        const source = audio.createOscillator();
        const volume = audio.createGain();
        source.type = outcome === "refused" ? "sawtooth" : "sine";
        source.frequency.value = frequency;
        volume.gain.setValueAtTime(0.0001, audio.currentTime + start);
        volume.gain.linearRampToValueAtTime(0.25, audio.currentTime + start + 0.01);
        volume.gain.linearRampToValueAtTime(0.0001, audio.currentTime + start + length);
        source.connect(volume).connect(audio.destination);
        source.start(audio.currentTime + start);
        source.stop(audio.currentTime + start + length + 0.02);
      }
    } catch (silent) { /* sound is an extra */ }
  }
  function buzz(outcome) {
    const pattern = { accepted: [40], refused: [200, 80, 200], needs_person: [90, 60, 90, 60, 90] }[outcome];
    if (pattern && navigator.vibrate && touched()) navigator.vibrate(pattern);
  }
  function signal(state, word, say, next) {
    shown += 1;
    const mine = shown;
    const panel = byId("signal");
    panel.className = "signal " + state;
    panel.dataset.outcome = state;
    byId("signal-icon").textContent = icons[state];
    byId("signal-word").textContent = word || words[state];
    byId("signal-say").textContent = say || "";
    byId("signal-next").textContent = next || "";
    document.body.classList.remove("flash-accepted", "flash-refused", "flash-needs_person");
    if (["accepted", "refused", "needs_person"].includes(state)) {
      document.body.classList.add("flash-" + state);
      tone(state);
      buzz(state);
      setTimeout(() => { if (mine === shown) document.body.classList.remove("flash-" + state); }, state === "accepted" ? 450 : 1500);
    }
  }
  const wordOf = (answer) => {
    const word = (answer.code || words[answer.outcome]).replaceAll("_", " ");
    return word.charAt(0).toUpperCase() + word.slice(1);
  };
  function nextOf(answer) {
    if (answer.outcome === "accepted") return textOf(answer.next);
    const expected = textOf(answer.expected);
    return textOf(answer.next_step) || textOf(answer.next) || (expected ? "Expected: " + expected : "");
  }
  function textOf(value) {
    if (value === null || value === undefined) return "";
    if (typeof value === "string") return value;
    if (Array.isArray(value)) return value.map(textOf).filter(Boolean).join(", ");
    return value.say || value.text || value.description || "";
  }
  function offerPrint(entries, code) {
    const row = byId("print");
    // What a carrier was still making when the user went on stays until it is printed.
    row.replaceChildren(...row.querySelectorAll(".kept"));
    for (const entry of entries || []) {
      if (!entry.url || !new URL(entry.url, location.href).href.startsWith(location.origin + "/")) continue;
      const what = (entry.kind || "label").replaceAll("_", " ");
      const link = element("a", "", "Print " + what);
      link.href = entry.url;
      link.target = "_blank";
      link.rel = "noopener";
      row.append(link);
      if (entry.pending) awaitPrint(link, what + (code ? " " + code : ""));
    }
  }
  // The carrier is making it: the link is there as soon as it can be printed, however the user goes on.
  async function awaitPrint(link, what) {
    const waiting = element("span", "floor-muted kept", "The " + what + " is being made …");
    link.replaceWith(waiting);
    link.textContent = "Print " + what;
    link.classList.add("kept");
    link.addEventListener("click", () => link.classList.remove("kept"));
    for (let pause = 500; waiting.isConnected; pause = Math.min(pause * 1.5, 5000)) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      try {
        const reply = await fetch(link.href, { cache: "no-store" });
        if (reply.ok) return waiting.replaceWith(link);
        if (reply.status !== 409 && reply.status < 500 && reply.status !== 429) {
          waiting.textContent = "The " + what + " cannot be printed: look at the order.";
          waiting.classList.remove("kept");
          return;
        }
      } catch {
        // Offline: asked again.
      }
    }
  }

  // ---- The job and what comes next ----
  function showState(state) {
    renderJob(state);
    const queueList = byId("queue");
    queueList.replaceChildren();
    for (const entry of state.queue.items) {
      const item = element("li");
      const what = element("span");
      what.append(element("span", "mono", entry.code), element("br"));
      what.append(element("span", entry.late ? "late" : "floor-muted", (entry.late ? "Late · " : "") + entry.text));
      item.append(what);
      if (entry.startable) {
        const start = element("button", "quiet", "Start");
        start.type = "button";
        start.setAttribute("aria-label", "Start " + entry.code);
        start.addEventListener("click", () => take(entry.code));
        item.append(start);
      }
      queueList.append(item);
    }
    if (!state.queue.items.length) queueList.append(element("li", "floor-muted", state.queue.empty));
    byId("queue-title").textContent = state.queue.title + (state.queue.count ? " · " + state.queue.count : "");
    const recent = byId("recent");
    recent.replaceChildren();
    for (const scan of state.recent) {
      const item = element("li");
      item.append(element("span", "mark " + scan.outcome, icons[scan.outcome]));
      item.append(element("span", "what", scan.say || scan.barcode), element("time", "", scan.at));
      recent.append(item);
    }
    if (!state.recent.length) recent.append(element("li", "floor-muted", "Nothing scanned yet."));
    if (byId("signal").classList.contains("idle")) byId("signal-say").textContent = state.hint;
  }
  function renderJob(state) {
    const box = byId("job");
    box.replaceChildren();
    if (state.returns && returnsScreen.show(box, state.returns, take)) {
      const open = state.returns.case;
      const title = state.returns.parcel ? "A parcel nobody announced" : "Several returns may be meant";
      byId("job-title").textContent = open ? "Return " + open.code : title;
      byId("job-count").textContent = "";
      return;
    }
    byId("job-title").textContent = state.job ? state.job.title : "Now";
    byId("job-count").textContent = state.job ? state.job.done + " of " + state.job.wanted : "";
    if (!state.job) {
      box.append(element("p", "empty", state.hint));
      if (state.queue.items.length) box.append(nextUp(state.queue.items[0], state.queue.title));
      return;
    }
    const bar = element("div", "bar");
    const fill = element("i");
    fill.style.width = (state.job.wanted ? Math.round(100 * state.job.done / state.job.wanted) : 0) + "%";
    bar.append(fill);
    box.append(bar);
    if (state.job.next) box.append(nextItem(state.job.next));
    const list = element("ul", "work");
    for (const line of state.job.lines) {
      const finished = line.done >= line.wanted;
      const item = element("li", finished ? "done" : "");
      item.append(element("span", "mark", finished ? "✓" : "·"), element("span", "what", line.description + " · " + line.sku));
      if (line.bins && !finished) item.append(element("span", "where", line.bins));
      item.append(element("span", "how", line.done + " / " + line.wanted));
      list.append(item);
    }
    box.append(list);
  }
  // Nothing under way: the most urgent thing of the queue, large.
  function nextUp(entry, title) {
    const item = element("div", "next-up");
    const what = element("div");
    what.append(element("div", "floor-muted", title), element("div", "bin", entry.code), element("div", "name", entry.text));
    item.append(what);
    if (entry.startable) {
      const start = element("button", "", "Start");
      start.type = "button";
      start.addEventListener("click", () => take(entry.code));
      item.append(start);
    }
    return item;
  }
  function nextItem(next) {
    const item = element("div", "next-item");
    const picture = element("div", "picture", next.image ? null : next.initials);
    if (next.image) {
      const image = element("img");
      image.src = next.image;
      image.alt = "";
      picture.append(image);
    }
    const what = element("div");
    what.append(element("div", "bin", next.where), element("div", "name", next.description), element("div", "floor-muted mono", next.sku));
    const count = element("div", "count", next.left);
    count.append(element("small", "", next.verb));
    item.append(picture, what, count);
    return item;
  }
  async function refresh() {
    try {
      const reply = await fetch("/station/" + encodeURIComponent(station) + "/state", { headers: { Accept: "application/json" } });
      if (reply.status === 401) return void (location.href = "/login?next=" + encodeURIComponent(location.pathname));
      if (reply.ok) showState(await reply.json());
    } catch (offline) { /* the next scan or the timer tries again */ }
  }

  // ---- Scans: kept first, then sent, in order ----
  async function take(text) {
    const barcode = text.trim();
    if (!barcode) return;
    signal("busy", barcode, "", "");
    await queue.add({ scan_id: uuid(), station, barcode, scanned_at: new Date().toISOString() });
    send();
  }
  async function showUnsent() {
    const count = (await queue.all()).length;
    byId("unsent").textContent = count && retryIn > 500 ? "⇅ " + count + " not sent" : "";
  }
  async function send() {
    if (sending) return;
    sending = true;
    try {
      for (;;) {
        const waiting = await queue.all();
        if (!waiting.length) break;
        if (!(await sendOne(waiting[0], waiting.length))) break;
      }
    } finally {
      sending = false;
      showUnsent();
      refresh();
    }
  }
  // True when the scan is settled and the next may go.
  async function sendOne(scan, count) {
    let reply;
    try {
      reply = await fetch("/v1/scans", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
        body: JSON.stringify({ scan_id: scan.scan_id, station: scan.station, barcode: scan.barcode, scanned_at: scan.scanned_at }),
      });
    } catch (offline) {
      return later(count);
    }
    if (reply.status === 401) {
      location.href = "/login?next=" + encodeURIComponent(location.pathname);
      return false;
    }
    if (reply.status >= 500 || reply.status === 429 || reply.status === 408) return later(count);
    const answer = await reply.json().catch(() => ({}));
    await queue.remove(scan.seq);
    retryIn = 500;
    if (reply.ok) {
      signal(answer.outcome, wordOf(answer), answer.say, nextOf(answer));
      byId("signal").dataset.settled = Number(byId("signal").dataset.settled || 0) + 1;
      offerPrint(answer.print, answer.next && answer.next.code);
    } else {
      signal("refused", "Not taken", answer.detail || "The server refused this scan.", (answer.explain && answer.explain.next_step) || "");
      listProblem(scan.barcode, answer.detail || answer.title || "refused");
    }
    return true;
  }
  async function sendPhoto(file) {
    signal("busy", "Photo", "Sending the photo …", "");
    const form = new FormData();
    form.append("csrf", csrf);
    form.append("photo", file);
    try {
      const url = "/station/" + encodeURIComponent(station) + "/photo";
      const reply = await fetch(url, { method: "POST", headers: { "X-CSRF-Token": csrf }, body: form });
      const answer = await reply.json().catch(() => ({}));
      if (reply.ok) signal("accepted", "Photo kept", "It belongs to the return, and to the next item's inspection.", "");
      else signal("refused", "No photo", answer.detail || "It could not be kept.", "Take it again.");
    } catch (offline) {
      signal("refused", "No photo", "No connection.", "Take it again when the network is back.");
    }
    refresh();
  }
  // A label that no scanner can read: what its photo says is taken as a scan.
  async function readLabel(file) {
    signal("busy", "Photo", "Reading the label …", "");
    const form = new FormData();
    form.append("csrf", csrf);
    form.append("photo", file);
    try {
      const url = "/station/" + encodeURIComponent(station) + "/label";
      const reply = await fetch(url, { method: "POST", headers: { "X-CSRF-Token": csrf }, body: form });
      const answer = await reply.json().catch(() => ({}));
      if (reply.ok) return void take(answer.scan);
      signal("refused", "Not read", answer.detail || "The label could not be read.", "Or type the number and press Enter.");
    } catch (offline) {
      signal("refused", "Not read", "No connection.", "Type the number: it is kept here until the network is back.");
    }
  }
  function later(count) {
    const kept = "No connection. Scans are kept here, in order, and sent as soon as it is back.";
    signal("waiting", count + " not sent", kept, "Go on scanning.");
    setTimeout(send, retryIn);
    retryIn = Math.min(retryIn * 2, 5000);
    showUnsent();
    return false;
  }
  function listProblem(barcode, why) {
    byId("problems").classList.remove("hidden");
    const item = element("li");
    const gone = element("button", "quiet", "Seen");
    gone.type = "button";
    gone.addEventListener("click", () => {
      item.remove();
      if (!byId("problems").querySelector("li")) byId("problems").classList.add("hidden");
    });
    item.append(element("span", "", barcode + ": " + why), gone);
    byId("problems").querySelector("ul").append(item);
  }

  // ---- Wiring ----
  listenToScanner(settings, (text) => take(text));
  if (root.dataset.kind === "returns") returnsScreen.listen(() => Math.max(250, settings.gap * 3), take, sendPhoto);
  byId("scan-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = byId("barcode").value;
    byId("barcode").value = "";
    take(text);
  });
  const labelPhoto = byId("label-photo");
  if (labelPhoto) labelPhoto.addEventListener("change", () => {
    if (labelPhoto.files.length) readLabel(labelPhoto.files[0]);
    labelPhoto.value = "";  // the same file may be chosen again
  });
  byId("sound-toggle").addEventListener("click", (event) => {
    soundOn = !soundOn;
    localStorage.setItem("rt-sound", soundOn ? "on" : "off");
    showSound(event.currentTarget);
  });
  function showSound(button) {
    button.textContent = soundOn ? "Sound on" : "Sound off";
    button.setAttribute("aria-pressed", String(soundOn));
  }
  showSound(byId("sound-toggle"));
  byId("settings-toggle").addEventListener("click", (event) => {
    const open = byId("settings").classList.toggle("hidden") === false;
    event.currentTarget.setAttribute("aria-expanded", String(open));
  });
  byId("set-gap").value = settings.gap;
  byId("set-min").value = settings.min;
  byId("set-suffix").value = settings.suffix;
  byId("set-prefix").value = settings.prefix;
  byId("settings").addEventListener("submit", (event) => {
    event.preventDefault();
    settings.gap = Math.min(500, Math.max(5, Number(byId("set-gap").value) || 30));
    settings.min = Math.min(20, Math.max(2, Number(byId("set-min").value) || 3));
    settings.suffix = byId("set-suffix").value;
    settings.prefix = byId("set-prefix").value;
    localStorage.setItem("rt-scanner-" + station, JSON.stringify(settings));
    byId("settings").classList.add("hidden");
    byId("settings-toggle").setAttribute("aria-expanded", "false");
  });
  async function keepAwake() {
    try {
      if (navigator.wakeLock && document.visibilityState === "visible") await navigator.wakeLock.request("screen");
    } catch (refused) { /* the screen may sleep */ }
  }
  document.addEventListener("visibilitychange", () => { keepAwake(); if (document.visibilityState === "visible") refresh(); });
  window.addEventListener("online", send);
  keepAwake();
  refresh();
  send();
  setInterval(() => { if (!sending) refresh(); }, 15000);
})();
