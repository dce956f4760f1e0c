// The chat window: what stands here is only how its parts talk to one another.

import { Api } from "./api.js";
import { Composer } from "./composer.js";
import { Feed } from "./feed.js";
import { Frame } from "./frame.js";
import { Outbox } from "./outbox.js";
import { Timeline } from "./timeline.js";
import { newId, ofThisTab, onSharedChange, shared } from "./store.js";
import { currentLanguage, say, settings, speak } from "./words.js";

const TYPING_SHOWN = 6_000;
const THINKING_SHOWN = 20_000;
const at = (id) => document.getElementById(id);

const api = new Api();
const pictures = new Map();
let status = { owner: "bot", person: "", closed: false, ticket: "" };
let unread = 0;
let passingTimer = 0;
let isBehind = false;

const timeline = new Timeline(
  { list: at("entries"), log: at("log"), newer: at("newer") },
  {
    choose: (choice) => {
      sayNow(choice.label, [], choice.value);
      if (matchMedia("(pointer: coarse)").matches) at("log").focus({ preventScroll: true });
      else composer.focus();
    },
    rate: (entry, helpful) => {
      shared.set(`rated.${entry.id}`, JSON.stringify(helpful));
      api.rate(entry.id, helpful).catch(() => shared.remove(`rated.${entry.id}`));
    },
    retry: (clientId) => outbox.retry(clientId),
    save: (attachment) => void save(attachment),
    picture: (id) => picture(id).catch(() => null),
  },
);

const outbox = new Outbox(api, {
  sending: (message) => timeline.addOwn(message, message.files),
  sent: (message, entry) => {
    timeline.sent(message, entry);
    // The answer may have overtaken the word that the question arrived.
    if (status.owner === "bot" && feed.last <= entry.seq) pass(say("widget.thinking"), THINKING_SHOWN);
  },
  failed: (message, reason) => timeline.failed(message, reason),
  lost: () => void begin({ anew: true }),
});

const feed = new Feed(api, {
  message: heard,
  status: showStatus,
  typing: (name) => pass(say("widget.typing", { name: name || say("widget.person_name", { name: "" }).trim() }), TYPING_SHOWN),
  network: showNetwork,
  lost: () => void begin({ anew: true }),
});

const frame = new Frame({
  opened: () => {
    setUnread(0);
    timeline.toBottom();
    // On a telephone the keyboard would cover what one came to read.
    if (matchMedia("(pointer: coarse)").matches) document.querySelector("h1").focus();
    else composer.focus();
  },
  closed: () => {},
  ask: (text) => composer.prefill(text),
});

const composer = new Composer(at("composer"), {
  say: (text, attachments) => sayNow(text, attachments),
  typing: () => status.owner === "person" && api.isTyping().catch(() => {}),
  keep: (file) => api.keepFile(file),
});

function sayNow(text, attachments = [], choice = null) {
  const chosen = shared.get("language");
  outbox.add({
    client_id: newId(),
    text,
    ...(choice === null ? {} : { choice }),
    ...(attachments.length ? { attachments: attachments.map((each) => each.id), files: attachments } : {}),
    ...(chosen ? { language: chosen } : {}),
  });
}

function heard(entry) {
  const isNews = timeline.add(entry);
  outbox.arrived(entry.client_id);
  if (entry.author !== "resident") pass("");
  if (isNews && !frame.isOpen && entry.seq > Number(shared.get("seen") ?? 0)) setUnread(unread + 1);
  if (frame.isOpen && document.visibilityState === "visible") shared.set("seen", String(entry.seq));
}

function setUnread(count) {
  unread = count;
  frame.unread(count);
  if (!count && feed.last) shared.set("seen", String(feed.last));
}

function showStatus(now) {
  status = now;
  const words = {
    bot: () => say("widget.status_bot"),
    waiting: () => say("widget.status_waiting", { number: now.ticket }),
    person: () => say("widget.status_person", { name: now.person }),
  };
  const text = now.closed ? say("widget.status_closed") : (words[now.owner] ?? words.bot)();
  if (at("status").textContent !== text) at("status").textContent = text;
  at("status").dataset.owner = now.owner;
  at("ask-person").hidden = now.owner !== "bot";
}

/** A line that comes and goes: who is typing, that an answer is being looked for. */
function pass(text, forMilliseconds = 0) {
  clearTimeout(passingTimer);
  if (at("passing").textContent !== text) at("passing").textContent = text;
  at("passing").classList.toggle("busy", Boolean(text));
  if (text) passingTimer = setTimeout(() => pass(""), forMilliseconds);
}

function showNetwork(isUp) {
  if (isUp && !isBehind) return;
  isBehind = !isUp;
  at("network").textContent = isUp ? "" : say(navigator.onLine ? "widget.reconnecting" : "widget.offline");
  if (isUp) void outbox.run();
}

async function picture(id) {
  if (!pictures.has(id)) pictures.set(id, URL.createObjectURL(await api.file(id)));
  return pictures.get(id);
}

async function save(attachment) {
  try {
    const link = document.createElement("a");
    link.href = await picture(attachment.id);
    link.download = attachment.name;
    link.click();
  } catch (error) {
    at("network").textContent = error.message;
  }
}

/** One visit for all tabs: whoever comes first opens it, the others find its token. */
async function visit() {
  const open = async () => {
    if (!shared.get("token")) shared.set("token", (await api.openVisit(currentLanguage())).token);
    return shared.get("token");
  };
  // Where storage is forbidden, so are locks; then every frame is a visit of its own anyway.
  return navigator.locks && shared.isKept ? navigator.locks.request("madoguchi-visit", open) : open();
}

async function begin({ anew = false } = {}) {
  feed.stop();
  if (anew && shared.get("token") === api.token) shared.remove("token");
  if (anew) {
    timeline.clear();
    feed.rewind();
    shared.remove("seen");
  }
  api.token = null;
  try {
    api.token = await visit();
  } catch (error) {
    at("network").textContent = error.message;
    setTimeout(() => void begin(), 3_000 + Math.random() * 3_000);
    return;
  }
  showEnded(false);
  outbox.resume();
  feed.start();
}

function showEnded(isOver) {
  at("composer").hidden = isOver;
  at("ended").hidden = !isOver;
  at("end").hidden = isOver;
  at("ask-person").hidden = isOver || status.owner !== "bot";
}

/** On a shared computer the next person must find nothing: neither words nor token. */
async function end() {
  await api.end().catch(() => {});
  forget();
  shared.remove("token");
  at("start-over").focus();
}

function forget() {
  feed.stop();
  feed.rewind();
  outbox.clear();
  composer.clear();
  timeline.clear();
  pictures.forEach((source) => URL.revokeObjectURL(source));
  pictures.clear();
  ofThisTab.remove("outbox");
  shared.remove("seen");
  pass("");
  setUnread(0);
  showEnded(true);
}

function wire() {
  at("ask-person").addEventListener("click", () => sayNow(say("choice.person")));
  at("end").addEventListener("click", () => at("end-dialog").showModal());
  at("end-dialog").addEventListener("close", () => at("end-dialog").returnValue === "end" && void end());
  at("start-over").addEventListener("click", () => void begin().then(() => composer.focus()));
  at("close")?.addEventListener("click", () => frame.close());
  at("language").addEventListener("change", (event) => {
    speak(event.target.value);
    shared.set("language", event.target.value);
    showStatus(status);
    api.setLanguage(event.target.value).catch(() => {});
  });
  onSharedChange("token", (token) => {
    if (token === null) forget();
    else if (token !== api.token) void begin({ anew: true });
  });
  window.addEventListener("offline", () => showNetwork(false));
}

const wanted = shared.get("language");
if (wanted && wanted in settings.phrases) speak(wanted);
at("language").value = currentLanguage();
wire();
void begin();
if (location.hash.startsWith("#ask=")) composer.prefill(decodeURIComponent(location.hash.slice(5)).slice(0, 200));
