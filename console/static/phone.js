// Telephone and counter: hits while typing, everything by keys. Without it the page searches by a button.
"use strict";

const PAUSE_MS = 60;
const PATIENCE_MS = 3000;
const call = document.getElementById("call");
if (call) {
  const words = call.elements.words;
  const section = call.elements.section;
  const hits = document.getElementById("hits");
  const told = document.getElementById("told");
  let shown = words.defaultValue;
  let timer = 0;
  let asking = null;
  let composing = false;
  let picked = "";
  let sectionIsTheirs = false;

  const options = () => [...hits.querySelectorAll("input[name=version]")];
  const chosen = () => options().find((option) => option.checked);
  const follow = () => { if (!sectionIsTheirs && chosen()) section.value = chosen().dataset.section; };

  const pick = (option) => {
    option.checked = true;
    picked = option.value;
    follow();
    told.textContent = option.labels[0].textContent.trim();
    option.closest("li").scrollIntoView({ block: "nearest" });
  };

  const ask = async (typed) => {
    try {
      const body = new URLSearchParams({ csrf: call.elements.csrf.value, words: typed });
      const signal = AbortSignal.timeout(PATIENCE_MS);
      const answer = await fetch(call.dataset.hits, { method: "POST", body, credentials: "same-origin", signal });
      if (!answer.ok) throw new Error(String(answer.status));
      hits.innerHTML = await answer.text(); // a page of our own, every text in it escaped
    } catch {
      told.textContent = call.dataset.trouble;
      return false;
    }
    shown = typed;
    const again = picked && options().find((option) => option.value === picked);
    if (again) again.checked = true; else picked = "";
    follow();
    told.textContent = hits.firstElementChild.dataset.said;
    return true;
  };

  // Until the hits are those of the words as they stand. One question at a time: the newest words wait for their turn.
  const look = async () => {
    while (!composing && words.value !== shown) {
      if (asking) { await asking; continue; }
      asking = ask(words.value);
      const answered = await asking;
      asking = null;
      if (!answered) return;
    }
  };
  const lookNow = () => { clearTimeout(timer); return look(); };
  const lookSoon = () => { clearTimeout(timer); timer = setTimeout(lookNow, PAUSE_MS); };

  // While an input method composes, nothing is sent: half a word is nobody's question.
  words.addEventListener("input", lookSoon);
  words.addEventListener("compositionstart", () => { composing = true; });
  words.addEventListener("compositionend", () => { composing = false; lookSoon(); });
  hits.addEventListener("change", (event) => { if (event.target.name === "version") pick(event.target); });
  section.addEventListener("change", () => { sectionIsTheirs = true; });
  lookSoon(); // for what was typed before this was there

  const move = (by) => {
    const all = options();
    if (all.length) pick(all[Math.min(Math.max(all.findIndex((option) => option.checked) + by, 0), all.length - 1)]);
  };
  const unfold = () => {
    const whole = chosen()?.closest("li").querySelector("details");
    if (!whole) return;
    whole.open = !whole.open;
    whole.closest("li").scrollIntoView({ block: "nearest" });
  };

  // However fast keys follow each other, each is about what is found for the words as they stand.
  let acts = Promise.resolve();
  const inTurn = (act) => { acts = acts.then(lookNow).then(act); };
  const ofWords = { ArrowDown: () => move(1), ArrowUp: () => move(-1), Enter: unfold };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.altKey || event.metaKey) return;
    const key = event.shiftKey ? `Shift+${event.key}` : event.key;
    const button = document.querySelector(`button[aria-keyshortcuts="${CSS.escape(key)}"]`);
    const act = button ? () => button.form.requestSubmit(button)
      : event.key === "Escape" ? () => { words.focus(); words.select(); }
      : event.target === words || event.target.name === "version" && event.key === "Enter" ? ofWords[key] : null;
    if (!act) return;
    event.preventDefault();
    if (!event.repeat || key.startsWith("Arrow")) inTurn(act);
  });
}
