// The browser's own storage; where it is forbidden, memory does, and the visit ends with the page.

const PREFIX = "madoguchi.";

class Store {
  #kept;
  #memory = new Map();

  constructor(open) {
    try {
      this.#kept = open();
      this.#kept.setItem(`${PREFIX}try`, "1");
      this.#kept.removeItem(`${PREFIX}try`);
    } catch {
      this.#kept = null;
    }
  }

  /** Whether it outlives the page. */
  get isKept() {
    return this.#kept !== null;
  }

  get(name) {
    return this.#kept ? this.#kept.getItem(PREFIX + name) : (this.#memory.get(name) ?? null);
  }

  set(name, value) {
    if (!this.#kept) return void this.#memory.set(name, value);
    try {
      this.#kept.setItem(PREFIX + name, value);
    } catch {
      this.#memory.set(name, value);
    }
  }

  remove(name) {
    this.#memory.delete(name);
    this.#kept?.removeItem(PREFIX + name);
  }
}

/** Shared by all tabs. */
export const shared = new Store(() => window.localStorage);
/** This tab's alone; survives its reloading. */
export const ofThisTab = new Store(() => window.sessionStorage);

/** Calls back when another tab changed `name`. */
export function onSharedChange(name, then) {
  window.addEventListener("storage", (event) => {
    if (event.key === PREFIX + name) then(event.newValue);
  });
}

export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
