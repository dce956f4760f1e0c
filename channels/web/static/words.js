// What the page was given, and the words in the language that is spoken now.

export const settings = JSON.parse(document.getElementById("chat-settings").textContent);

let language = settings.language;

export const currentLanguage = () => language;
export const htmlLanguage = (tag) => (tag === "ja-easy" ? "ja" : tag || "ja");

export function say(key, values = {}) {
  const text = settings.phrases[language][key] ?? key;
  const all = { city: settings.city[language], ...values };
  return text.replace(/\{(\w+)\}/g, (whole, name) => all[name] ?? whole);
}

/** Speak this language from now on: every word of the page that is not somebody's message. */
export function speak(tag) {
  language = tag in settings.phrases ? tag : "ja";
  document.documentElement.lang = htmlLanguage(language);
  document.documentElement.dataset.language = language;
  document.title = say("widget.title");
  for (const element of document.querySelectorAll("[data-say]")) element.textContent = say(element.dataset.say, values(element));
  for (const element of document.querySelectorAll("[data-say-label]")) {
    element.setAttribute("aria-label", say(element.dataset.sayLabel));
    if (element.title) element.title = say(element.dataset.sayLabel);
  }
  for (const element of document.querySelectorAll("[data-say-placeholder]")) {
    element.placeholder = say(element.dataset.sayPlaceholder);
  }
}

const values = (element) => (element.dataset.limit ? { limit: element.dataset.limit } : {});
