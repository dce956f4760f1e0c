// Waiting that grows, never in step with others, and ends early when the network or the eye comes back.

const FIRST = 500;
const LONGEST = 30_000;

export function backoff(failures, atLeastSeconds = 0) {
  const grown = Math.min(LONGEST, FIRST * 2 ** failures);
  return Math.max(atLeastSeconds * 1000, grown * (0.5 + Math.random()));
}

export function pause(milliseconds) {
  return new Promise((done) => {
    const ends = () => {
      clearTimeout(timer);
      window.removeEventListener("online", ends);
      document.removeEventListener("visibilitychange", ifSeen);
      done();
    };
    const ifSeen = () => document.visibilityState === "visible" && ends();
    const timer = setTimeout(ends, milliseconds);
    window.addEventListener("online", ends);
    document.addEventListener("visibilitychange", ifSeen);
  });
}
