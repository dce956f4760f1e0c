// The list of what was said. Each entry is added once and never drawn again; ours are known by the id we gave them.

import { bubble, card, choices, day, icon, make, rating, settleChoices, size, time, words } from "./building.js";
import { htmlLanguage, currentLanguage, say } from "./words.js";
import { shared } from "./store.js";

const AT_BOTTOM = 96;

export class Timeline {
  #list;
  #log;
  #newer;
  #own = new Map();
  #lastDay = "";
  #unseen = 0;
  #on;

  /** `on`: choose(choice), rate(entry, helpful), retry(clientId), save(attachment), picture(id). */
  constructor({ list, log, newer }, on) {
    this.#list = list;
    this.#log = log;
    this.#newer = newer;
    this.#on = on;
    newer.addEventListener("click", () => this.toBottom());
    log.addEventListener("scroll", () => this.#isAtBottom() && this.#seen(), { passive: true });
  }

  clear() {
    this.#list.replaceChildren();
    this.#own.clear();
    this.#lastDay = "";
    this.#seen();
  }

  /** An entry of the server's timeline. True when it is new here and somebody else's. */
  add(entry) {
    const mine = entry.client_id && this.#own.get(entry.client_id);
    if (entry.author === "resident") this.#settle(entry.text);
    if (mine) {
      this.#confirm(mine, entry);
      return false;
    }
    const wasAtBottom = this.#isAtBottom();
    this.#addDay(entry.at);
    const item = this.#item(entry);
    this.#place(item, entry.seq);
    if (entry.client_id) this.#own.set(entry.client_id, item);
    this.#follow(item, wasAtBottom);
    return entry.author !== "resident";
  }

  /** What the resident just said, before the server has it. */
  addOwn(message, files = []) {
    if (this.#own.has(message.client_id)) return this.#show(this.#own.get(message.client_id), "sending");
    this.#settle(message.text);
    const at = new Date().toISOString();
    this.#addDay(at);
    const entry = { author: "resident", kind: "said", text: message.text, attachments: files, language: currentLanguage(), at };
    const item = this.#item({ ...entry, html: null, choices: [], card: null, name: "" });
    item.dataset.clientId = message.client_id;
    this.#own.set(message.client_id, item);
    this.#list.append(item);
    this.#show(item, "sending");
    this.toBottom();
  }

  sent(message, entry) {
    const item = this.#own.get(message.client_id);
    if (item?.dataset.state) this.#confirm(item, entry);
  }

  failed(message, reason) {
    const item = this.#own.get(message.client_id);
    if (item?.dataset.state) this.#show(item, "failed", reason);
  }

  toBottom() {
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#seen();
  }

  #item(entry) {
    const isNotice = entry.kind === "notice" || entry.author === "system";
    const kind = isNotice ? "notice" : entry.author;
    const item = make("li", { class: `entry ${kind} arriving`, lang: htmlLanguage(currentLanguage()) });
    if (kind === "bot" || kind === "operator") item.append(this.#avatar(entry));
    item.append(make("div", { class: "said" }, this.#who(entry, kind), ...this.#inside(entry)));
    return item;
  }

  #avatar(entry) {
    const inside = entry.author === "bot" ? icon("mark") : [...entry.name][0] ?? "";
    return make("span", { class: "avatar", "aria-hidden": "true" }, inside);
  }

  #who(entry, kind) {
    const names = {
      bot: () => say("widget.bot_name"),
      operator: () => say("widget.person_name", { name: entry.name }),
      resident: () => say("widget.you"),
      notice: () => say("widget.system_name"),
    };
    return make("p", { class: "who" }, make("span", { class: "name" }, names[kind]()), time(entry.at));
  }

  #inside(entry) {
    const parts = [];
    if (entry.html || entry.text) parts.push(bubble(entry));
    if (entry.attachments.length) parts.push(this.#files(entry.attachments));
    if (entry.card) parts.push(card(entry));
    if (entry.card?.rateable) {
      const given = JSON.parse(shared.get(`rated.${entry.id}`) ?? "null");
      parts.push(rating(entry, given, this.#on.rate));
    }
    if (entry.choices.length) parts.push(...choices(entry, this.#on.choose));
    return parts.filter(Boolean);
  }

  #files(attachments) {
    return make("ul", { class: "files", "aria-label": say("widget.attach") }, ...attachments.map((each) => this.#file(each)));
  }

  #file(attachment) {
    const name = say("widget.file_size", { name: attachment.name, size: size(attachment.size) });
    const button = make("button", { type: "button", class: "file", onclick: () => this.#on.save(attachment) }, icon("file"), name);
    if (attachment.content_type.startsWith("image/") && attachment.id) {
      void this.#on.picture(attachment.id).then((source) => {
        if (source) button.firstElementChild.replaceWith(make("img", { src: source, alt: "" }));
      });
    }
    return make("li", {}, button);
  }

  #confirm(item, entry) {
    if (item.dataset.state) this.#show(item, "sent");
    const shown = item.querySelector(".words");
    // The server may have masked a number: what is stored is what is shown.
    if (shown && entry.text !== shown.textContent) shown.replaceWith(words(entry.text));
    if (item.dataset.seq === undefined) this.#place(item, entry.seq);
  }

  /** By the server's order: after a reload the answer to a resent message can come before the history does. */
  #place(item, seq) {
    item.dataset.seq = seq;
    const numbered = [...this.#list.querySelectorAll("[data-seq]")];
    const later = numbered.find((other) => other !== item && Number(other.dataset.seq) > seq);
    this.#list.insertBefore(item, later ?? this.#firstPending());
  }

  #show(item, state, reason = "") {
    item.dataset.state = state;
    item.querySelector(".sending")?.remove();
    const clientId = item.dataset.clientId;
    const retry = make("button", { type: "button", class: "plain-button", onclick: () => this.#on.retry(clientId) }, say("widget.retry"));
    const line = make("p", { class: "sending" }, reason || say(`widget.${state}`), state === "failed" ? retry : null);
    item.querySelector(".said").append(line);
  }

  #settle(picked) {
    for (const list of this.#list.querySelectorAll(".choices")) {
      if (list.querySelector("button")) settleChoices(list, picked);
    }
  }

  #firstPending() {
    return this.#list.querySelector("[data-state='sending']:not([data-seq]), [data-state='failed']:not([data-seq])");
  }

  #addDay(at) {
    const name = day(at);
    if (name === this.#lastDay) return;
    this.#lastDay = name;
    this.#list.insertBefore(make("li", { class: "day" }, name), this.#firstPending());
  }

  #isAtBottom() {
    return this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < AT_BOTTOM;
  }

  #follow(item, wasAtBottom) {
    if (!wasAtBottom) {
      this.#unseen += 1;
      this.#newer.textContent = say("widget.new_messages", { count: this.#unseen });
      this.#newer.hidden = false;
      return;
    }
    // A long answer is read from its beginning.
    const isTall = item.offsetHeight > this.#log.clientHeight - 32;
    if (isTall) this.#log.scrollTop += item.getBoundingClientRect().top - this.#log.getBoundingClientRect().top - 16;
    else this.#log.scrollTop = this.#log.scrollHeight;
  }

  #seen() {
    this.#unseen = 0;
    this.#newer.hidden = true;
  }
}
