// Keeps the page as the telephone and the mailbox are, without loading it anew. Without script, forms still work.

const body = document.body;
const trouble = document.querySelector("#trouble");
const shown = new Map();
const AWAY = "リハーサルのプログラムにつながりません。止まっていないか確かめてください。";

/** The parts of a fetched fragment take the place of those that differ; list entries keep what is open in them. */
function take(fragment) {
  for (const part of fragment.querySelectorAll("[data-part]")) {
    const here = document.getElementById(part.id);
    if (shown.get(part.id) === part.innerHTML) continue;
    shown.set(part.id, part.innerHTML);
    here.innerHTML = part.innerHTML;
    enliven(here);
  }
  for (const list of fragment.querySelectorAll("[data-list]")) takeList(list);
}

function takeList(list) {
  const here = document.getElementById(list.id);
  let isNew = false;
  for (const entry of list.children) {
    const html = entry.innerHTML + entry.className;
    const before = document.getElementById(entry.id);
    if (before && shown.get(entry.id) === html) continue;
    shown.set(entry.id, html);
    const copy = document.importNode(entry, true);
    isNew ||= !before;
    if (before) before.replaceWith(copy);
    else if ("newestFirst" in list.dataset) here.insertBefore(copy, olderThan(here, copy));
    else here.append(copy);
    enliven(copy);
  }
  if (isNew) toTheNewest(here);
}

function toTheNewest(list) {
  const screen = list.closest(".screen");
  if (screen) screen.scrollTop = screen.scrollHeight;
}

function olderThan(list, entry) {
  const number = (each) => Number(each.id.split("-")[1]);
  return [...list.children].find((each) => number(each) < number(entry)) ?? null;
}

function enliven(root) {
  // The policy of this page forbids styles within the page; what LINE's JSON asks for is set here.
  for (const each of root.querySelectorAll("[data-color]")) each.style.color = each.dataset.color;
  const loading = root.querySelector(".loading");
  if (loading) setTimeout(() => refresh("talk"), Number(loading.dataset.seconds) * 1000 + 200);
}

async function refresh(name) {
  const answer = await fetch(`/${name}?resident=${body.dataset.resident}`);
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text();
  take(holder.content);
}

async function watch() {
  let version = Number(body.dataset.version);
  for (;;) {
    try {
      const answer = await fetch(`/changes?after=${version}`);
      if (!answer.ok) throw new Error(answer.statusText);
      const now = (await answer.json()).version;
      if (trouble.textContent === AWAY) tell("");
      if (now === version) continue;
      version = now;
      await Promise.all([refresh("talk"), refresh("mail")]);
    } catch {
      tell(AWAY);
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
}

function tell(words) {
  if (trouble.textContent !== words) trouble.textContent = words;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!("live" in form.dataset)) return;
  event.preventDefault();
  if ("busy" in form.dataset) return;
  form.dataset.busy = "";
  const fields = new FormData(form);
  // Not form.action: that is the field of this name, where there is one.
  const answer = await fetch(form.getAttribute("action"), {
    method: "POST",
    body: form.enctype === "multipart/form-data" ? fields : new URLSearchParams(fields),
    headers: { "X-Live": "yes" },
  }).catch(() => null);
  delete form.dataset.busy;
  if (answer?.ok && "clear" in form.dataset) form.reset();
  tell(answer === null ? AWAY : answer.ok ? "" : await answer.text());
});

document.addEventListener("keydown", (event) => {
  const box = event.target;
  // Enter that ends a Japanese conversion is no sending.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  if (!("enterSends" in (box.dataset ?? {}))) return;
  event.preventDefault();
  box.form.requestSubmit();
});

// A letter's HTML is fetched only when somebody wants to see it, and can do nothing: no script, no network.
document.addEventListener(
  "toggle",
  ({ target: details }) => {
    if (!details.open || !details.dataset.frame || details.querySelector("iframe")) return;
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "");
    frame.title = details.dataset.title;
    frame.src = details.dataset.frame;
    details.append(frame);
  },
  true,
);

for (const part of document.querySelectorAll("[data-part]")) shown.set(part.id, part.innerHTML);
for (const entry of document.querySelectorAll("[data-list] > *")) shown.set(entry.id, entry.innerHTML + entry.className);
enliven(document);
for (const list of document.querySelectorAll("[data-list]")) toTheNewest(list);
void watch();
