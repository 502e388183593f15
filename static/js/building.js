/* The builder in the background: a button or a choice that changes the form posts it and takes the answer's form in its place.
   Who goes away with something typed and not saved is asked first. Without this every button does the same with a page of its own. */

const place = () => document.querySelector("[data-builder-page]");
let running = false;
let unsaved = false; // typed since the page came, and not stored

const send = async (form, name, value) => {
  if (running) return;
  running = true;
  const data = new FormData(form);
  data.append(name, value);
  const kept = document.activeElement?.name;
  form.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, { method: "POST", body: data, credentials: "same-origin", headers: { "X-Requested-With": "fetch" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-builder-page]");
    if (!answer.ok || !fresh || new URL(answer.url).pathname !== location.pathname) {
      unsaved = false;
      if (answer.ok) return location.assign(answer.url);
      document.documentElement.replaceWith(document.adoptNode(page.documentElement));
      return;
    }
    place().replaceWith(fresh);
    unsaved = false;
    const tabs = page.querySelector("nav.tabs");
    if (tabs) document.querySelector("nav.tabs")?.replaceWith(tabs);
    const bar = page.querySelector(".deskacts");
    if (bar) document.querySelector(".deskacts")?.replaceWith(bar);
    const row = value.includes(":") ? fresh.querySelector("[autofocus]") : null;
    const next = row?.querySelector("select, input:not([type=hidden]), textarea") || row || (kept && fresh.querySelector(`[name="${CSS.escape(kept)}"]`));
    next?.focus({ preventScroll: false });
  } catch {
    running = false;
    unsaved = false;
    form.submit();
  } finally {
    running = false;
  }
};

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-builder]") || !event.submitter?.name) return;
  if ("plain" in event.submitter.dataset) return; // asked on a page of its own before anything is taken away
  event.preventDefault();
  send(event.target, event.submitter.name, event.submitter.value);
}, true);
document.addEventListener("input", (event) => {
  if (event.target.closest("[data-builder]")) unsaved = true;
});
addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});
document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-builder]");
  if (form && event.target.matches("[data-again]")) send(form, "act", "save");
});
