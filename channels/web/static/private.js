// The private page: opening it is a press, because programs that look at links would use it up.

import { Api } from "./api.js";
import { ofThisTab, shared } from "./store.js";

const form = document.getElementById("private");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const { token, language } = await new Api().openPrivate(form.dataset.code);
    ofThisTab.remove("outbox");
    shared.remove("seen");
    shared.set("language", language);
    shared.set("token", token);
    location.replace(`/chat?language=${encodeURIComponent(language)}`);
  } catch (refused) {
    document.getElementById("trouble").textContent = refused.message;
    button.disabled = !refused.passes;
  }
});
