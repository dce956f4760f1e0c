// Talking with the page that shows us in a frame: exact origins, the parent alone, a known shape.

import { settings } from "./words.js";

const TYPES = ["hello", "opened", "closed", "ask"];

export class Frame {
  isOpen = true;
  #parent = null;

  /** `on`: opened(), closed(), ask(text). */
  constructor(on) {
    if (window.parent === window) return;
    this.isOpen = false;
    window.addEventListener("message", (event) => {
      const known = event.origin === location.origin || settings.origins.includes(event.origin);
      if (event.source !== window.parent || !known || !isKnown(event.data)) return;
      this.#parent = event.origin;
      const { type, text } = event.data;
      if (type === "hello") this.#post({ type: "ready" });
      if (type === "opened" || type === "closed") this.isOpen = type === "opened";
      if (type === "opened") on.opened();
      if (type === "closed") on.closed();
      if (type === "ask") on.ask(text);
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing && !document.querySelector("dialog[open]")) this.close();
    });
  }

  close() {
    this.#post({ type: "close" });
  }

  unread(count) {
    this.#post({ type: "unread", count });
  }

  #post(message) {
    if (this.#parent) window.parent.postMessage({ madoguchi: 1, ...message }, this.#parent);
  }
}

function isKnown(data) {
  return (
    typeof data === "object" &&
    data !== null &&
    data.madoguchi === 1 &&
    TYPES.includes(data.type) &&
    (data.type !== "ask" || (typeof data.text === "string" && data.text.length <= 200))
  );
}
