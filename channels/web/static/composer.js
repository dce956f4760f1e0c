// Where the resident writes. Enter sends, but never while Japanese is being composed; Shift+Enter is a new line.

import { icon, make, size } from "./building.js";
import { say, settings } from "./words.js";

const TYPING_EVERY = 3_000;
const SHOW_LEFT = 200;

export class Composer {
  #form;
  #box;
  #hint;
  #trouble;
  #files;
  #picker;
  #attached = [];
  #isComposing = false;
  #typedAt = 0;
  #on;

  /** `on`: say(text, attachments), typing(), keep(file). */
  constructor(form, on) {
    this.#form = form;
    this.#on = on;
    this.#box = form.querySelector("textarea");
    this.#hint = form.querySelector(".hint");
    this.#trouble = form.querySelector(".trouble");
    this.#files = form.querySelector(".files");
    this.#picker = form.querySelector("input[type=file]");
    this.#listen();
  }

  #listen() {
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#box.addEventListener("compositionstart", () => (this.#isComposing = true));
    this.#box.addEventListener("compositionend", () => (this.#isComposing = false));
    this.#box.addEventListener("keydown", (event) => this.#key(event));
    this.#box.addEventListener("input", () => this.#typed());
    this.#form.querySelector(".attach").addEventListener("click", () => this.#picker.click());
    this.#picker.addEventListener("change", () => this.#attach([...this.#picker.files]));
    this.#box.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length) {
        event.preventDefault();
        this.#attach(files);
      }
    });
  }

  focus() {
    this.#box.focus();
  }

  /** Put words in the box, for the resident to send or change. */
  prefill(text) {
    if (!this.#box.value.trim()) this.#box.value = text;
    this.#typed();
    this.focus();
  }

  clear() {
    this.#box.value = "";
    this.#attached = [];
    this.#files.replaceChildren();
    this.#complain("");
    this.#typed();
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.altKey) return;
    // Safari ends the composition before it tells of the Enter that ended it; there, only 229 gives it away.
    if (this.#isComposing || event.isComposing || event.keyCode === 229) return;
    // On a telephone's keyboard Enter is the only way to a new line; the button sends.
    if (matchMedia("(pointer: coarse)").matches && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.#send();
  }

  #send() {
    const text = this.#box.value.trim();
    if (this.#attached.some((each) => !each.id)) return;
    if (!text && !this.#attached.length) return this.#complain(say("error.text_empty"));
    if (text.length > settings.textLimit) return this.#complain(this.#tooLong());
    const attachments = this.#attached;
    // Emptied before anything is waited for: a second press finds nothing to send.
    this.clear();
    this.#typedAt = 0;
    this.#on.say(text, attachments);
    this.focus();
  }

  #typed() {
    if (!CSS.supports("field-sizing", "content")) this.#grow();
    const left = settings.textLimit - this.#box.value.length;
    this.#hint.textContent = left <= SHOW_LEFT && left >= 0 ? say("widget.characters_left", { count: left }) : "";
    this.#complain(left < 0 ? this.#tooLong() : "");
    if (this.#box.value && Date.now() - this.#typedAt > TYPING_EVERY) {
      this.#typedAt = Date.now();
      this.#on.typing();
    }
  }

  #grow() {
    this.#box.rows = Math.min(5, this.#box.value.split("\n").length);
  }

  #tooLong() {
    return say("widget.too_long", { limit: settings.textLimit.toLocaleString() });
  }

  #complain(reason) {
    if (this.#trouble.textContent !== reason) this.#trouble.textContent = reason;
    this.#box.setAttribute("aria-invalid", String(Boolean(reason)));
  }

  #attach(files) {
    this.#picker.value = "";
    for (const file of files) {
      if (this.#attached.length >= settings.filesPerMessage) {
        return this.#complain(say("error.too_many_files", { limit: settings.filesPerMessage }));
      }
      if (file.size > settings.fileLimit) {
        return this.#complain(say("error.file_too_big", { limit: settings.fileLimitText }));
      }
      void this.#keep(file);
    }
  }

  async #keep(file) {
    const waiting = { name: file.name, size: file.size };
    const item = make("li", { class: "file" }, icon("file"), file.name, " ", say("widget.sending"));
    this.#attached.push(waiting);
    this.#files.append(item);
    try {
      Object.assign(waiting, await this.#on.keep(file));
      const name = say("widget.file_size", { name: waiting.name, size: size(waiting.size) });
      const label = say("widget.remove_file", { name: waiting.name });
      const remove = make("button", { type: "button", class: "icon-button", "aria-label": label }, icon("cross"));
      remove.addEventListener("click", () => {
        this.#drop(waiting, item);
        this.focus();
      });
      item.replaceChildren(icon("file"), name, remove);
    } catch (error) {
      this.#drop(waiting, item);
      this.#complain(error.message);
    }
  }

  #drop(waiting, item) {
    this.#attached = this.#attached.filter((each) => each !== waiting);
    item.remove();
  }
}
