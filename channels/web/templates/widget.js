// One line on any page of the city:  <script src="https://CHAT/widget.js" async></script>
// data-language="ja | ja-easy | en" (else the page's own), data-position="right | left".
// Nothing of it touches the page's styles, and it needs no more of its Content-Security-Policy than our origin.
(() => {
  "use strict";
  const words = {{ words | tojson }};
  const colour = {{ colour | tojson }};
  const script = document.currentScript;
  if (!script || document.querySelector("madoguchi-chat")) return;
  const origin = new URL(script.src).origin;
  const language = chosenLanguage();
  const say = words[language];
  const started = "madoguchi.started";

  function chosenLanguage() {
    const asked = script.dataset.language || document.documentElement.lang || "ja";
    return [asked, asked.split("-")[0], "ja"].find((tag) => tag in words);
  }

  const look = new CSSStyleSheet();
  look.replaceSync(`
    :host { all: initial; }
    * { box-sizing: border-box; }
    .launcher, .panel { position: fixed; z-index: 2147483000; font-family: "Noto Sans JP", "Noto Sans CJK JP", "Hiragino Sans", "Yu Gothic UI", Meiryo, sans-serif; }
    .launcher { inset-block-end: calc(20px + env(safe-area-inset-bottom)); inset-inline-end: 20px; display: flex; align-items: center; gap: 10px;
      min-height: 60px; padding: 12px 24px 12px 20px; font-size: 16px; line-height: 1.4; font-weight: 700; letter-spacing: .01em; color: #fff; background: ${colour};
      border: 2px solid #fff; border-radius: 30px; cursor: pointer; box-shadow: 0 2px 6px rgb(0 0 0 / 18%), 0 8px 28px rgb(0 0 0 / 22%); }
    .launcher:hover { text-decoration: underline; filter: brightness(.88); }
    .launcher:focus-visible { outline: 4px solid #000; outline-offset: 2px; box-shadow: 0 0 0 2px #ffd43d; }
    .launcher svg { flex: none; }
    .left .launcher, .left .panel { inset-inline: 20px auto; }
    .count { display: none; min-width: 26px; height: 26px; padding: 0 7px; border-radius: 13px; color: #fff; background: #ce0000; border: 2px solid #fff;
      font-size: 14px; line-height: 22px; text-align: center; position: absolute; top: -12px; inset-inline-end: 10px; }
    .count.some { display: block; }
    .panel { inset-block-end: calc(92px + env(safe-area-inset-bottom)); inset-inline-end: 20px; width: min(420px, calc(100vw - 40px)); height: min(720px, calc(100vh - 120px));
      background: #fff; border: 1px solid #999; border-radius: 16px; overflow: hidden; box-shadow: 0 12px 48px rgb(0 0 0 / 28%);
      visibility: hidden; opacity: 0; transform: translateY(12px); transition: opacity .18s, transform .18s, visibility 0s .18s; }
    .open .panel { visibility: visible; opacity: 1; transform: none; transition: opacity .18s, transform .18s; }
    iframe { display: block; width: 100%; height: 100%; border: 0; }
    @media (max-width: 520px), (max-height: 480px) {
      .panel, .left .panel { inset: 0; width: 100%; height: 100%; border: 0; border-radius: 0; }
      .open .launcher { visibility: hidden; }
      .launcher { padding: 10px 20px 10px 16px; min-height: 56px; }
    }
    @media (prefers-reduced-motion: reduce) { .panel, .open .panel { transition: none; transform: none; } }
    @media (forced-colors: active) { .launcher, .panel { border: 2px solid ButtonText; } }
    @media print { .launcher, .panel { display: none; } }
  `);

  const host = document.createElement("madoguchi-chat");
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [look];
  const box = element("div", script.dataset.position === "left" ? "left" : "");
  box.lang = language === "ja-easy" ? "ja" : language;
  const button = element("button", "launcher");
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-controls", "panel");
  const label = element("span", "");
  const count = element("span", "count");
  count.setAttribute("aria-hidden", "true");
  const panel = element("div", "panel");
  panel.id = "panel";
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", say.title);
  button.append(picture(), label, count);
  box.append(panel, button);
  root.append(box);

  let frame = null;
  let isReady = false;
  let isOpen = false;
  let unread = 0;
  const waiting = [];

  function element(tag, name) {
    const made = document.createElement(tag);
    if (name) made.className = name;
    return made;
  }

  function picture() {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    const attributes = { width: 28, height: 28, viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": 2 };
    for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", "M4 5h16v11H11l-5 4v-4H4zM8 9.500h8M8 12.500h5");
    path.setAttribute("stroke-linecap", "round");
    path.setAttribute("stroke-linejoin", "round");
    svg.append(path);
    return svg;
  }

  function load() {
    if (frame) return;
    frame = document.createElement("iframe");
    frame.title = say.title;
    frame.src = `${origin}/chat/embed?language=${encodeURIComponent(language)}`;
    frame.addEventListener("load", () => tell({ type: "hello" }, true));
    panel.append(frame);
  }

  function tell(message, atOnce = false) {
    if (!isReady && !atOnce) return void waiting.push(message);
    frame.contentWindow.postMessage({ madoguchi: 1, ...message }, origin);
  }

  function open(text = "") {
    load();
    show(true);
    try {
      sessionStorage.setItem(started, "1");
    } catch {
      // without storage the chat only starts later on the next page
    }
    frame.focus();
    tell({ type: "opened" });
    if (text) tell({ type: "ask", text: text.slice(0, 200) });
  }

  function close() {
    if (!isOpen) return;
    show(false);
    tell({ type: "closed" });
    button.focus();
  }

  function show(open_) {
    isOpen = open_;
    box.classList.toggle("open", isOpen);
    button.setAttribute("aria-expanded", String(isOpen));
    name();
  }

  function name() {
    const news = say.new_messages.replace("{count}", String(unread));
    label.textContent = isOpen ? say.close : say.open;
    count.textContent = unread > 99 ? "99+" : String(unread);
    count.classList.toggle("some", unread > 0);
    if (unread) button.setAttribute("aria-label", `${label.textContent} ${news}`);
    else button.removeAttribute("aria-label");
  }

  button.addEventListener("click", () => (isOpen ? close() : open()));
  root.addEventListener("keydown", (event) => event.key === "Escape" && close());
  window.addEventListener("message", (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== origin) return;
    const data = event.data;
    if (typeof data !== "object" || data === null || data.madoguchi !== 1) return;
    if (data.type === "ready") {
      isReady = true;
      waiting.splice(0).forEach((message) => tell(message));
      if (!isOpen) tell({ type: "closed" });
    }
    if (data.type === "close") close();
    if (data.type === "unread" && Number.isInteger(data.count) && data.count >= 0) {
      unread = data.count;
      name();
    }
  });
  // <a href="/contact" data-madoguchi-ask="粗大ごみの出し方">: a link that asks in the chat instead.
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("[data-madoguchi-ask]") : null;
    if (!link) return;
    event.preventDefault();
    open(link.dataset.madoguchiAsk);
  });

  name();
  const attach = () => document.body.append(host);
  if (document.body) attach();
  else document.addEventListener("DOMContentLoaded", attach);
  try {
    if (sessionStorage.getItem(started)) load();
  } catch {
    // as above
  }
})();
