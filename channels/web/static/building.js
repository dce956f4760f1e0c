// Small pieces of page. Words become text nodes; the only HTML that is taken as such is the server's own, made safe there.

import { currentLanguage, htmlLanguage, say } from "./words.js";

export function make(tag, attributes = {}, ...inside) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...inside.filter((each) => each !== null && each !== undefined));
  return element;
}

export function icon(name) {
  return document.getElementById(`icon-${name}`).content.firstElementChild.cloneNode(true);
}

/** A bot's words, already safe HTML; a person's, as they are, their web addresses made links when `linked`. */
export function bubble(entry) {
  const box = make("div", { class: "bubble", lang: htmlLanguage(entry.language) });
  if (entry.html !== null && entry.html !== undefined) box.innerHTML = entry.html;
  else box.append(words(entry.text, entry.author === "operator"));
  return box;
}

export function words(text, linked = false) {
  const inside = make("div", { class: "words" });
  for (const part of linked ? text.split(/(https?:\/\/[^\s<>"'「」（）、。]+)/) : [text]) {
    const isLink = linked && /^https?:\/\//.test(part);
    inside.append(isLink ? make("a", { href: part, target: "_blank", rel: "noopener noreferrer" }, part) : part);
  }
  return inside;
}

export function card(entry) {
  const { section, phone, tel, url, title } = entry.card;
  const rows = [
    ...row("widget.section_label", section),
    ...row("widget.phone_label", phone && make("a", { href: `tel:${tel}` }, phone)),
    ...row("widget.source_label", url && sourceLink(url, title)),
  ];
  return rows.length ? make("div", { class: "card" }, make("dl", {}, ...rows)) : null;
}

function row(label, value) {
  return value ? [make("dt", {}, say(label)), make("dd", {}, value)] : [];
}

function sourceLink(url, title) {
  const opens = make("span", { class: "visually-hidden" }, say("widget.opens_new_window"));
  return make("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, title || url, opens);
}

export function rating(entry, given, onRate) {
  const thanks = make("span", { role: "status" });
  const buttons = [true, false].map((helpful) =>
    make(
      "button",
      {
        type: "button",
        "aria-pressed": String(given === helpful),
        onclick: () => {
          buttons.forEach((each, at) => each.setAttribute("aria-pressed", String((at === 0) === helpful)));
          thanks.textContent = say("widget.thanks_feedback");
          onRate(entry, helpful);
        },
      },
      say(helpful ? "widget.yes" : "widget.no"),
    ),
  );
  const question = say("widget.helpful_question");
  return make("div", { class: "rating", role: "group", "aria-label": question }, make("span", {}, question), ...buttons, thanks);
}

export function choices(entry, onChoose) {
  const label = say(entry.card ? "widget.other_candidates" : "widget.choices_label");
  const list = make("ul", { class: "choices", "aria-label": label, lang: htmlLanguage(entry.language) });
  for (const choice of entry.choices) {
    const button = make("button", { type: "button", onclick: () => onChoose(choice) }, choice.label);
    list.append(make("li", {}, button));
  }
  return [entry.card ? make("p", { class: "choices-label", "aria-hidden": "true" }, label) : null, list];
}

/** Buttons that can no longer be pressed are words; the one that was picked says so. */
export function settleChoices(list, picked) {
  for (const item of list.querySelectorAll("li")) {
    const label = item.textContent;
    item.replaceChildren(make("span", {}, label));
    item.classList.toggle("chosen", label === picked);
  }
}

export function time(at) {
  const shown = new Intl.DateTimeFormat(htmlLanguage(currentLanguage()), {
    timeZone: "Asia/Tokyo",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(new Date(at));
  return make("time", { datetime: at }, shown);
}

export function day(at) {
  return new Intl.DateTimeFormat(htmlLanguage(currentLanguage()), {
    timeZone: "Asia/Tokyo",
    month: "long",
    day: "numeric",
    weekday: "short",
  }).format(new Date(at));
}

export function size(bytes) {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
