// What the resident said and the server may not have yet: kept over a reload, sent in order, each with its own id.

import { backoff, pause } from "./waiting.js";
import { ofThisTab } from "./store.js";

const KEPT = "outbox";
const FAILED_AFTER = 4;

export class Outbox {
  #api;
  #on;
  #waiting = [];
  #isRunning = false;

  /** `on`: sending(message), sent(message, entry), failed(message, reason), lost(). */
  constructor(api, on) {
    this.#api = api;
    this.#on = on;
  }

  /** Take up what was left when the page was closed. */
  resume() {
    try {
      this.#waiting = JSON.parse(ofThisTab.get(KEPT) ?? "[]");
    } catch {
      this.#waiting = [];
    }
    for (const message of this.#waiting) {
      message.failed = false;
      this.#on.sending(message);
    }
    void this.run();
  }

  add(message) {
    this.#waiting.push(message);
    this.#keep();
    this.#on.sending(message);
    void this.run();
  }

  retry(clientId) {
    const message = this.#waiting.find((each) => each.client_id === clientId);
    if (!message) return;
    message.failed = false;
    this.#on.sending(message);
    void this.run();
  }

  /** The timeline has it: it arrived, whatever the answer to sending was. */
  arrived(clientId) {
    const before = this.#waiting.length;
    this.#waiting = this.#waiting.filter((each) => each.client_id !== clientId);
    if (this.#waiting.length !== before) this.#keep();
  }

  clear() {
    this.#waiting = [];
    this.#keep();
  }

  async run() {
    if (this.#isRunning) return;
    this.#isRunning = true;
    let failures = 0;
    try {
      for (let message; (message = this.#waiting.find((each) => !each.failed)); ) {
        const { failed, files, ...body } = message;
        try {
          const entry = await this.#api.say(body);
          failures = 0;
          this.arrived(message.client_id);
          this.#on.sent(message, entry);
        } catch (error) {
          if (error.status === 401) return void this.#on.lost();
          if (!error.passes) {
            message.failed = true;
            this.#keep();
            this.#on.failed(message, error.message);
            continue;
          }
          failures += 1;
          if (failures === FAILED_AFTER) this.#on.failed(message, "");
          await pause(backoff(failures, error.after));
        }
      }
    } finally {
      this.#isRunning = false;
    }
  }

  #keep() {
    ofThisTab.set(KEPT, JSON.stringify(this.#waiting));
  }
}
