// The timeline as it grows: a stream where streams pass, long polls where something in between holds them back.

import { backoff, pause } from "./waiting.js";

const FIRST_BYTE = 8_000;
const SILENCE = 45_000;
const HIDDEN_FOR_LONG = 60_000;

export class Feed {
  last = 0;
  #api;
  #on;
  #stopped = true;
  #abort = null;
  #run = 0;
  #streamsPass = true;
  #known = "";
  #hiddenSince = 0;

  /** `on`: message(entry), status(status), typing(name), network(isUp), lost(). */
  constructor(api, on) {
    this.#api = api;
    this.#on = on;
    document.addEventListener("visibilitychange", () => {
      this.#hiddenSince = document.visibilityState === "hidden" ? Date.now() : 0;
    });
  }

  start() {
    this.#stopped = false;
    void this.#keepListening(++this.#run);
  }

  stop() {
    this.#stopped = true;
    this.#run += 1;
    this.#abort?.abort();
  }

  /** Forget the place: another conversation begins. */
  rewind() {
    this.last = 0;
    this.#known = "";
  }

  async #keepListening(run) {
    let failures = 0;
    while (!this.#stopped && run === this.#run) {
      try {
        await this.#listenOnce();
        failures = 0;
        // A server that ends its streams is restarting: everybody returns, but not all at once.
        await pause(200 + Math.random() * 800);
      } catch (error) {
        if (this.#stopped || run !== this.#run) return;
        if (error.status === 401) return void this.#on.lost();
        failures += 1;
        if (failures > 1 || !navigator.onLine) this.#on.network(false);
        await pause(backoff(failures, error.after));
      }
    }
  }

  async #listenOnce() {
    // Browsers open six connections to one server: a tab nobody looks at gives its own back and asks now and then.
    if (this.#hiddenSince && Date.now() - this.#hiddenSince > HIDDEN_FOR_LONG) {
      await this.#poll(0);
      return pause(HIDDEN_FOR_LONG);
    }
    return this.#streamsPass ? this.#stream() : this.#poll(25);
  }

  async #poll(wait) {
    this.#abort = new AbortController();
    const news = await this.#api.newsAfter(this.last, { wait, known: this.#known, signal: this.#abort.signal });
    this.#on.network(true);
    for (const entry of news.entries) this.#message(entry);
    if (news.status) this.#status(news.status);
    if (news.typing) this.#on.typing(news.typing);
  }

  async #stream() {
    const abort = (this.#abort = new AbortController());
    let timer = setTimeout(() => {
      this.#streamsPass = false;
      abort.abort();
    }, FIRST_BYTE);
    try {
      const response = await this.#api.streamAfter(this.last, abort.signal);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { value, done } = await reader.read();
        clearTimeout(timer);
        if (done) return;
        this.#on.network(true);
        timer = setTimeout(() => abort.abort(), SILENCE);
        const blocks = (rest + value).split("\n\n");
        rest = blocks.pop();
        blocks.forEach((block) => this.#event(block));
      }
    } finally {
      clearTimeout(timer);
      if (this.#hiddenSince && !this.#stopped) abort.abort();
    }
  }

  #event(block) {
    const fields = Object.fromEntries(
      block
        .split("\n")
        .filter((line) => !line.startsWith(":") && line.includes(": "))
        .map((line) => [line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2)]),
    );
    if (!fields.data) return;
    const data = JSON.parse(fields.data);
    if (fields.event === "message") this.#message(data);
    if (fields.event === "status") this.#status(data);
    if (fields.event === "typing") this.#on.typing(data.name);
  }

  #message(entry) {
    if (entry.seq <= this.last) return;
    this.last = entry.seq;
    this.#on.message(entry);
  }

  #status(status) {
    this.#known = status.key;
    this.#on.status(status);
  }
}
