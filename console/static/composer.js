// What the conversation page adds to its composer: drafts that are kept, texts put in by a key, second thoughts.
"use strict";

const composer = document.getElementById("composer");
if (composer) {
  const text = composer.elements.text;
  const csrf = composer.elements.csrf.value;
  const place = `draft-${composer.dataset.draft}`;
  const send = (address, values) =>
    fetch(address, { method: "POST", body: new URLSearchParams({ csrf, ...values }), credentials: "same-origin", keepalive: true });

  // The draft: kept in this tab at once, on the server when typing pauses. What is still in the tab was not kept there.
  const PAUSE = 700;
  const AT_LATEST = 4000;
  const saved = document.getElementById("saved");
  const sentPlace = `sent-${composer.dataset.draft}`;
  // A form that was sent and came to nothing (the network was away) has its words here; one that arrived has not.
  const arrived = new URLSearchParams(location.search).get("done") === "said";
  if (arrived && sessionStorage.getItem(place) === sessionStorage.getItem(sentPlace)) sessionStorage.removeItem(place);
  sessionStorage.removeItem(sentPlace);
  const unsaved = sessionStorage.getItem(place);
  let sent = false;
  let firstUnsaved = 0;
  let timer = 0;
  let saving = Promise.resolve();
  const save = () => {
    clearTimeout(timer);
    const words = text.value;
    if (sent || sessionStorage.getItem(place) === null) return saving;
    firstUnsaved = 0;
    saving = saving.then(async () => {
      try {
        const answer = await send(composer.dataset.save, { key: composer.elements.key.value, text: words });
        if (!answer.ok) throw new Error(String(answer.status));
        if (sessionStorage.getItem(place) === words) sessionStorage.removeItem(place);
        saved.textContent = words.trim() ? saved.dataset.saved : "";
      } catch { saved.textContent = saved.dataset.unsaved; }
    });
    return saving;
  };
  const typed = () => {
    sessionStorage.setItem(place, text.value);
    firstUnsaved ||= Date.now();
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(0, Math.min(PAUSE, firstUnsaved + AT_LATEST - Date.now())));
  };
  if (unsaved !== null && !composer.dataset.refused) { text.value = unsaved; typed(); }
  if (composer.dataset.refused) typed();
  window.addEventListener("pagehide", save);
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
  for (const form of document.querySelectorAll("form[data-after-saving]")) {
    form.addEventListener("submit", async (event) => { event.preventDefault(); await save(); form.submit(); });
  }
  composer.addEventListener("submit", () => {
    sent = true;
    clearTimeout(timer);
    sessionStorage.setItem(place, text.value);
    sessionStorage.setItem(sentPlace, text.value);
  });

  // Colleagues see who is writing; the resident sees it of the one who has the conversation. Once in three seconds.
  let toldAt = 0;
  text.addEventListener("input", () => {
    typed();
    if (Date.now() - toldAt < 3000) return;
    toldAt = Date.now();
    send(composer.dataset.typing, {}).catch(() => {});
  });

  // What the page has shown: an answer that came later is asked about before ours is sent.
  document.body.addEventListener("shown", (event) => {
    composer.elements.seen.value = Math.max(Number(composer.elements.seen.value), event.detail);
  });

  // Ctrl+Enter sends, never while an input method composes.
  const composing = (event) => event.isComposing || event.keyCode === 229;
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || composing(event)) return;
    event.preventDefault();
    const reply = composer.querySelector('button[value="reply"]:not([disabled])');
    if (reply && text.value.trim()) composer.requestSubmit(reply);
  });

  // Put in where the caret is; never sent by itself.
  const insert = (words, from = text.selectionStart, to = text.selectionEnd) => {
    text.focus();
    text.setRangeText(words, from, to, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
    text.scrollTop = text.scrollHeight;
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-insert]");
    if (button) insert(button.dataset.insert);
  });
  document.addEventListener("keydown", (event) => {
    const digit = /^(?:Digit|Numpad)([1-3])$/.exec(event.code)?.[1];
    if (!digit || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || composing(event)) return;
    const button = document.querySelector(`button[data-key="${digit}"]`);
    if (!button) return;
    event.preventDefault();
    insert(button.dataset.insert);
  });

  // "/" and a name: the texts that begin so, above the field; Enter or Tab puts the chosen one in.
  const list = document.getElementById("canned");
  const options = [...list.querySelectorAll("[role=option]")];
  const word = () => /(?:^|\s)\/([^\s/]*)$/.exec(text.value.slice(0, text.selectionStart));
  const shown = () => options.filter((option) => !option.hidden);
  const choose = (option) => {
    for (const each of options) each.setAttribute("aria-selected", String(each === option));
    if (option) { text.setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" }); }
    else text.removeAttribute("aria-activedescendant");
  };
  const close = () => { list.hidden = true; choose(null); };
  const offer = () => {
    const found = text.selectionStart === text.selectionEnd ? word() : null;
    for (const option of options) option.hidden = !found || !option.dataset.name.startsWith(found[1]);
    list.hidden = shown().length === 0;
    choose(list.hidden ? null : shown()[0]);
  };
  const put = (option) => {
    const from = text.selectionStart - word()[1].length - 1;
    insert(option.dataset.text, from, text.selectionStart);
    close();
  };
  text.addEventListener("input", offer);
  text.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option && word()) put(option);
  });
  text.addEventListener("keydown", (event) => {
    if (list.hidden || composing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = shown();
    const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") choose(all[(at + (event.key === "ArrowDown" ? 1 : all.length - 1)) % all.length]);
    else if ((event.key === "Enter" || event.key === "Tab") && word()) put(all[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
}

// A reply that waits can be taken back for a few seconds; its place stays, so that nothing jumps.
for (const undo of document.querySelectorAll("form.undo")) {
  setTimeout(() => { undo.style.visibility = "hidden"; }, Number(undo.dataset.for));
}
