// The server's side of the chat. The token stands in a header, never in an address.

import { currentLanguage, say } from "./words.js";

/** The server answered, and said no. `status` 0: it could not be reached. */
export class Refused extends Error {
  constructor(status, message, after = 0) {
    super(message);
    this.status = status;
    this.after = after;
  }

  /** Whether the same request may succeed later. */
  get passes() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export class Api {
  token = null;

  async openVisit(language) {
    return (await this.#send("POST", "visits", { language })).json();
  }

  async openPrivate(code) {
    return (await this.#send("POST", "private", { code })).json();
  }

  async say(message) {
    return (await this.#send("POST", "messages", message)).json();
  }

  async newsAfter(after, { wait, known, signal }) {
    const query = new URLSearchParams({ after, wait, ...(known ? { known } : {}) });
    return (await this.#send("GET", `events?${query}`, undefined, signal)).json();
  }

  streamAfter(after, signal) {
    return this.#send("GET", `events/stream?after=${after}`, undefined, signal);
  }

  isTyping() {
    return this.#send("POST", "typing", {});
  }

  rate(entryId, helpful) {
    return this.#send("POST", "ratings", { entry_id: entryId, helpful });
  }

  setLanguage(language) {
    return this.#send("POST", "language", { language });
  }

  end() {
    return this.#send("POST", "end", {});
  }

  async keepFile(file) {
    const form = new FormData();
    form.append("file", file, file.name);
    return (await this.#send("POST", "files", form)).json();
  }

  async file(id) {
    return (await this.#send("GET", `files/${encodeURIComponent(id)}`)).blob();
  }

  async #send(method, path, body, signal) {
    const headers = { "Accept-Language": currentLanguage() };
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    const isForm = body instanceof FormData;
    if (body && !isForm) headers["Content-Type"] = "application/json";
    let response;
    try {
      response = await fetch(`/chat/api/${path}`, {
        method,
        headers,
        signal,
        body: isForm || !body ? body : JSON.stringify(body),
        credentials: "omit",
        cache: "no-store",
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new Refused(0, say("widget.failed"));
    }
    if (response.ok) return response;
    const told = await response.json().catch(() => ({}));
    const after = Number(response.headers.get("Retry-After")) || 0;
    throw new Refused(response.status, told.message ?? say("error.server"), after);
  }
}
