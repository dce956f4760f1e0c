// What the console adds to plain pages: keys, live entries, drafts. Without it every page still works.
"use strict";

const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

// j and k move through the list, as in every mail reader.
document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const items = [...document.querySelectorAll("a.item")];
  if (items.length === 0 || !["j", "k"].includes(event.key)) return;
  const at = items.indexOf(document.activeElement);
  const next = event.key === "j" ? Math.min(at + 1, items.length - 1) : Math.max(at - 1, 0);
  items[next].focus();
  event.preventDefault();
});

// The log: new lines are fetched after the last one shown and added; lines already there are never touched.
const log = document.getElementById("log");
if (log) {
  const atBottom = () => log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  log.scrollTop = log.scrollHeight;
  let asking = false;
  const more = async () => {
    if (asking || document.hidden) return;
    asking = true;
    try {
      const last = log.querySelector(".entry:last-of-type");
      const answer = await fetch(`${log.dataset.more}?after=${last ? last.dataset.seq : 0}`, { credentials: "same-origin" });
      if (answer.redirected || answer.status === 401) return location.reload();
      if (answer.status === 200) {
        const follow = atBottom();
        const lines = new DOMParser().parseFromString(`<ol>${await answer.text()}</ol>`, "text/html");
        for (const line of lines.querySelectorAll("li.entry")) {
          if (!document.getElementById(line.id)) log.firstElementChild.append(document.importNode(line, true));
        }
        if (follow) log.scrollTop = log.scrollHeight;
      }
    } catch { /* the network is away: the next round asks again */ } finally { asking = false; }
  };
  setInterval(more, 1500);
  document.addEventListener("visibilitychange", more);
}

// The composer: Ctrl+Enter sends (never while an input method composes); what was typed survives a reload.
const composer = document.getElementById("composer");
if (composer) {
  const text = composer.elements.text;
  const place = `draft-${composer.dataset.draft}`;
  if (!text.value) text.value = sessionStorage.getItem(place) ?? "";
  text.addEventListener("input", () => sessionStorage.setItem(place, text.value));
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    const reply = composer.querySelector('button[value="reply"]:not([disabled])');
    if (reply && text.value.trim()) composer.requestSubmit(reply);
  });
  composer.addEventListener("submit", () => sessionStorage.removeItem(place));
}
