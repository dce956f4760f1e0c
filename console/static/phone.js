// Telephone and counter: hits while typing, everything by keys. Without it the page searches by a button.
"use strict";

const PAUSE_MS = 60;
const call = document.getElementById("call");
if (call) {
  const words = call.elements.words;
  const section = call.elements.section;
  const hits = document.getElementById("hits");
  const told = document.getElementById("told");
  let shown = words.value;
  let timer = 0;
  let asking = null;
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

  // One question at a time: what is typed on makes the answer on its way worthless.
  const look = async () => {
    const typed = words.value;
    if (typed === shown) return;
    asking?.abort();
    const mine = asking = new AbortController();
    try {
      const body = new URLSearchParams({ csrf: call.elements.csrf.value, words: typed });
      const answer = await fetch(call.dataset.hits, { method: "POST", body, credentials: "same-origin", signal: mine.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const piece = await answer.text();
      if (mine !== asking) return;
      hits.innerHTML = piece; // a page of our own, every text in it escaped
      shown = typed;
      const again = picked && options().find((option) => option.value === picked);
      if (again) again.checked = true; else picked = "";
      follow();
      told.textContent = hits.firstElementChild.dataset.said;
    } catch (trouble) {
      if (trouble.name !== "AbortError") told.textContent = call.dataset.trouble;
    }
  };
  const lookNow = () => { clearTimeout(timer); return look(); };
  const lookSoon = () => { clearTimeout(timer); timer = setTimeout(lookNow, PAUSE_MS); };

  // While an input method composes, nothing is sent: half a word is nobody's question.
  words.addEventListener("input", (event) => { if (!event.isComposing) lookSoon(); });
  words.addEventListener("compositionend", lookSoon);
  hits.addEventListener("change", (event) => { if (event.target.name === "version") pick(event.target); });
  section.addEventListener("change", () => { sectionIsTheirs = true; });

  // Keys are about what is found for the words as they stand, however fast they come after each other.
  const move = async (by) => {
    await lookNow();
    const all = options();
    if (all.length) pick(all[Math.min(Math.max(all.findIndex((option) => option.checked) + by, 0), all.length - 1)]);
  };
  const unfold = async () => {
    await lookNow();
    const whole = chosen()?.closest("li").querySelector("details");
    if (!whole) return;
    whole.open = !whole.open;
    whole.closest("li").scrollIntoView({ block: "nearest" });
  };

  const press = async (button) => {
    if (button.form === call) await lookNow();
    button.form.requestSubmit(button);
  };
  const ofWords = { ArrowDown: () => move(1), ArrowUp: () => move(-1), Enter: unfold };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.altKey || event.metaKey) return;
    const key = event.shiftKey ? `Shift+${event.key}` : event.key;
    const button = document.querySelector(`button[aria-keyshortcuts="${CSS.escape(key)}"]`);
    const act = button ? () => press(button)
      : event.key === "Escape" ? () => { words.focus(); words.select(); }
      : event.target === words || event.target.name === "version" && event.key === "Enter" ? ofWords[key] : null;
    if (!act) return;
    event.preventDefault();
    if (!event.repeat || key.startsWith("Arrow")) act();
  });
}
