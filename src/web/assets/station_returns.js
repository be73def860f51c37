// The returns station's part of the screen: the case, what may be meant, what was found, and a button for every card.
"use strict";
const returnsScreen = (() => {
  const make = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined && text !== null && text !== "") made.textContent = text;
    return made;
  };
  const bars = (code) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 " + code.width + " 60");
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", code.path);
    svg.append(path);
    return svg;
  };
  let photograph = () => {};
  let keys = new Map();  // a single key -> the code it stands for
  const cardButton = (card, take, className) => {
    const button = make("button", "quiet card-button " + (className || ""));
    button.type = "button";
    button.setAttribute("aria-pressed", String(card.pressed));
    const word = make("strong", "", card.word);
    if (card.key) {
      keys.set(card.key.toLowerCase(), card.code);
      word.append(" ", make("kbd", "", card.key));
    }
    button.append(word, make("small", "", card.means));
    button.addEventListener("click", () => take(card.code));
    return button;
  };
  const group = (title, cards, take, className) => {
    const row = make("div", "card-row " + (className || ""));
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", title);
    for (const card of cards) row.append(cardButton(card, take));
    return row;
  };
  function choices(screen, take) {
    const list = make("ol", "choices");
    for (const one of screen.choices) {
      keys.set(String(one.number), one.choice);
      const item = make("li");
      const button = make("button", "quiet choice");
      button.type = "button";
      const what = make("span", "what");
      what.append(make("strong", "", one.number + " · Order " + one.order), make("span", "", one.customer),
        make("span", "floor-muted", one.awaited + " awaited · announced " + one.asked));
      button.append(what);
      button.addEventListener("click", () => take(one.choice));
      item.append(button);
      if (one.bars) {
        const paper = make("div", "screen-code");
        paper.append(bars(one.bars), make("span", "mono", one.code));
        item.append(paper);
      }
      list.append(item);
    }
    return list;
  }
  function line(one, take) {
    const item = make("li", one.left <= 0 ? "settled" : "");
    const picture = make("div", "picture", one.image ? null : one.initials);
    if (one.image) {
      const image = make("img");
      image.src = one.image;
      image.alt = "";
      picture.append(image);
    }
    const what = make("div", "what");
    what.append(make("div", "name", one.description), make("div", "floor-muted mono", one.sku));
    if (one.reason) what.append(make("p", "reason", "Reason: " + one.reason));
    if (one.note) what.append(make("blockquote", "", one.note));
    if (one.person) what.append(make("p", "warn", "! A person decides"));
    const fate = [];
    if (one.accepted) fate.push(one.accepted + " accepted" + (one.disposition ? " → " + one.disposition : ""));
    if (one.rejected) fate.push(one.rejected + " rejected");
    if (one.waiting > 0) fate.push(one.waiting + " to look at");
    if (fate.length) what.append(make("p", "fate", fate.join(" · ")));
    if (one.waste) what.append(make("p", "warn", "⚠ " + one.waste));
    if (one.disposal) what.append(make("p", "disposal", "Disposal: " + one.disposal));
    const side = make("div", "side-of-line");
    const count = make("div", "count", one.received + " / " + one.announced);
    count.append(make("small", "", "received"));
    side.append(count);
    if (one.left > 0) {
      const button = make("button", "", one.waiting > 0 ? "Accept one" : "Receive one");
      button.type = "button";
      button.setAttribute("aria-label", button.textContent + ": " + one.description);
      button.addEventListener("click", () => take(one.sku));
      side.append(button);
    }
    item.append(picture, what, side);
    return item;
  }
  // How long UNDO takes the last receipt back, until its refund is paid; counted down here, the server decides.
  function undoTimer(seconds) {
    const ends = Date.now() + seconds * 1000;
    const line = make("p", "policy-next undo-left");
    line.setAttribute("role", "timer");
    const hours = (left) => (left >= 7200 ? Math.floor(left / 3600) + " h" : left + " s");
    const tick = () => {
      const left = Math.max(0, Math.round((ends - Date.now()) / 1000));
      line.textContent = left > 0 ? "↶ UNDO takes it back for " + hours(left) + "; then the refund is paid."
        : "The refund is on its way: the desk can help now.";
      if (left > 0) setTimeout(() => { if (line.isConnected) tick(); }, 1000);
    };
    tick();
    return line;
  }
  function openCase(screen, take) {
    const one = screen.case;
    const box = make("div", "case");
    const facts = make("ul", "facts");
    for (const [label, value] of [["Order", one.order], ["Customer", one.customer + (one.country ? ", " + one.country : "")],
      ["Return", one.kind + " · " + one.outcome + " · " + one.status.text], ["Announced", one.asked], ["Policy", one.policy.verdict],
      ["Way back", one.policy.freight], ["Last booked", one.last ? one.last.at + " by " + one.last.by : ""]]) {
      if (!value) continue;
      const item = make("li");
      item.append(make("span", "floor-muted", label + " "), make("strong", "", value));
      facts.append(item);
    }
    box.append(facts, make("p", "policy-next", "→ " + one.policy.next));
    if (one.last && one.last.undo_s > 0) box.append(undoTimer(one.last.undo_s));
    if (one.policy.steps.length) {
      const why = make("details", "why");
      why.append(make("summary", "", "Why the policy says so"));
      const list = make("ul");
      for (const step of one.policy.steps) list.append(make("li", "", (step.refused ? "✕ " : "✓ ") + step.text));
      why.append(list);
      box.append(why);
    }
    const shots = make("div", "photos");
    for (const url of one.photos) {
      const link = make("a");
      link.href = url;
      link.target = "_blank";
      link.rel = "noopener";
      const image = make("img");
      image.src = url;
      image.alt = "Photo of the goods";
      image.loading = "lazy";
      link.append(image);
      shots.append(link);
    }
    const camera = make("label", "camera", screen.photo_waits ? "Photo taken · take another" : "Take a photo");
    const input = make("input", "visually-hidden");
    input.type = "file";
    input.accept = "image/*";
    input.setAttribute("capture", "environment");
    input.addEventListener("change", () => { if (input.files.length) photograph(input.files[0]); });
    camera.append(input);
    shots.append(camera);
    box.append(shots);
    const lines = make("ul", "case-lines");
    for (const part of one.lines) lines.append(line(part, take));
    box.append(lines);
    return box;
  }
  function parcel(screen) {
    const one = screen.parcel;
    const box = make("div", "case");
    box.append(make("p", "bin", one.id));
    box.append(make("p", "", "Nobody announced this parcel" + (one.number ? " (" + one.number + ")" : "") + "." +
      (one.order ? " It is of order " + one.order + "." : "") + " Write the number on it and scan what is in it."));
    const list = make("ul", "work");
    for (const item of one.contents) {
      const row = make("li");
      row.append(make("span", "what", item.name || item.sku), make("span", "how", item.quantity));
      list.append(row);
    }
    box.append(list);
    return box;
  }
  // Draws into `box`; false when nothing is open and the queue's next may be shown.
  function show(box, screen, take) {
    keys = new Map();
    const busy = screen.case || screen.parcel || screen.choices.length;
    if (screen.choices.length) {
      box.append(make("p", "policy-next", "Which one is it? Compare the papers."), choices(screen, take));
    } else if (screen.parcel) {
      box.append(parcel(screen));
    } else if (screen.case) {
      box.append(openCase(screen, take));
    }
    if (busy) {
      if (!screen.choices.length) {
        box.append(make("h3", "cards-title", "The next item"));
        box.append(group("Grade of the next item", screen.grades.concat([screen.reject]), take, "grades"));
        const more = make("details", "why");
        if (screen.dispositions.some((one) => one.pressed)) more.open = true;
        more.append(make("summary", "", "Send it elsewhere than the rule says"));
        more.append(group("Where the next item goes", screen.dispositions, take));
        box.append(more);
      }
      box.append(group("What to do", screen.commands, take, "commands"));
    } else {
      for (const card of screen.grades.concat(screen.commands, [screen.reject])) keys.set(card.key.toLowerCase(), card.code);
      if (screen.by_item) box.append(make("p", "policy-next", "The next return is received item by item."));
    }
    return Boolean(busy);
  }
  // A single key, pressed by a person and not by a scanner, stands for a card.
  function listen(pauseAfter, take, takePhoto) {
    photograph = takePhoto;
    let timer = 0;
    let count = 0;
    document.addEventListener("keydown", (event) => {
      clearTimeout(timer);
      count += 1;
      const mine = event.target;
      const typing = mine && (mine.tagName === "INPUT" || mine.tagName === "TEXTAREA" || mine.tagName === "SELECT");
      const alone = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey && !typing && !event.repeat;
      timer = setTimeout(() => {
        const code = count === 1 && alone ? keys.get(event.key.toLowerCase()) : null;
        count = 0;
        if (code) take(code);
      }, pauseAfter());
    }, true);
  }
  return { show, listen };
})();
