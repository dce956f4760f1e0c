// What the console adds to plain pages: keys and live entries. Without it every page still works.
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

// Live pages: the server says "changed", and each part fetches what it shows. A hidden page does not listen.
const TYPING_SECONDS = 6;
const livePart = document.querySelector("[data-live]");
if (livePart) {
  const tell = () => document.body.dispatchEvent(new CustomEvent("live"));
  let stream = null;
  let typingIsOver = 0;
  const listen = () => {
    stream?.close();
    stream = null;
    if (document.hidden) return;
    stream = new EventSource(livePart.dataset.live);
    stream.addEventListener("changed", () => {
      tell();
      clearTimeout(typingIsOver);
      typingIsOver = setTimeout(tell, (TYPING_SECONDS + 1) * 1000);
    });
    // Signed out, or the server is away for long: the browser gives up, so we ask by ourselves.
    stream.addEventListener("error", () => { if (stream?.readyState === EventSource.CLOSED) setTimeout(listen, 1000); });
  };
  document.addEventListener("visibilitychange", listen);
  window.addEventListener("pagehide", () => stream?.close());
  listen();
}

// The log: new lines are fetched after the last one shown and added; lines already there are never touched.
const log = document.getElementById("log");
if (log) {
  const atBottom = () => log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  log.scrollTop = log.scrollHeight;
  let asking = false;
  let askAgain = false;
  const more = async () => {
    if (document.hidden) return;
    if (asking) { askAgain = true; return; }
    asking = true;
    try {
      const last = log.querySelector(".entry:last-of-type");
      const address = `${log.dataset.more}?after=${last ? last.dataset.seq : 0}`;
      const answer = await fetch(address, { credentials: "same-origin", headers: { "X-Refresh": "1" } });
      if (answer.redirected || answer.status === 401) return location.reload();
      for (const id of (answer.headers.get("X-Taken-Back") ?? "").split(" ")) {
        for (const mark of log.querySelectorAll(`.taken-back[data-entry="${id}"]`)) mark.hidden = false;
      }
      if (answer.status === 200) {
        const follow = atBottom();
        const lines = new DOMParser().parseFromString(`<ol>${await answer.text()}</ol>`, "text/html");
        for (const line of lines.querySelectorAll("li.entry")) {
          if (document.getElementById(line.id)) continue;
          const added = document.importNode(line, true);
          log.firstElementChild.append(added);
          htmx.process(added);
          if (line.classList.contains("said")) document.body.dispatchEvent(new CustomEvent("words"));
          document.body.dispatchEvent(new CustomEvent("shown", { detail: Number(line.dataset.seq) }));
        }
        if (follow) log.scrollTop = log.scrollHeight;
      }
    } catch { /* the network is away: the next notice or round asks again */ } finally {
      asking = false;
      if (askAgain) { askAgain = false; more(); }
    }
  };
  document.body.addEventListener("live", more);
  setInterval(more, 30000);
  document.addEventListener("visibilitychange", more);
}

// "?" shows the keys; Escape and the button close the list, as the browser has it.
document.addEventListener("keydown", (event) => {
  if (event.key !== "?" || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const keys = document.getElementById("keys");
  if (!keys || keys.open) return;
  event.preventDefault();
  keys.showModal();
});
