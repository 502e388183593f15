/* What a phone shows and a window waits for: seconds count down, and the part that is live is brought up to date.
   data-live="URL": asked every two seconds for a mark; another mark than data-mark, or time run out, fetches the page anew.
   data-left="SECONDS" with [data-seconds], [data-clock] (m:ss) and [data-ring]. All of it works without this by reloading. */

const part = () => document.querySelector("[data-live]");
const LOOK = 2000;
let began = performance.now(), busy = false;

const offline = (is) => document.querySelectorAll("[data-offline]").forEach((place) => (place.hidden = !is));
const words = (left) => `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;

const renew = async () => {
  if (busy) return;
  busy = true;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin", headers: { "X-Requested-With": "fetch" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-live]");
    if (!answer.ok || answer.redirected || !fresh || fresh.querySelector("form[data-autosave]")) return location.reload();
    const moved = fresh.dataset.stage !== part().dataset.stage;
    const open = [...part().querySelectorAll("details")].map((fold) => fold.open);
    if (!moved) fresh.querySelectorAll("details").forEach((fold, place) => (fold.open = open[place])); // another code, the same fold
    part().replaceWith(fresh);
    began = performance.now();
    offline(false);
    if (moved) fresh.querySelector("[data-focus]")?.focus();
    tick();
  } catch { offline(true); } finally { setTimeout(() => (busy = false), 1000); }
};

const tick = () => document.querySelectorAll("[data-left]").forEach((place) => {
  const left = Math.max(0, Math.ceil(Number(place.dataset.left) - (performance.now() - began) / 1000));
  place.querySelectorAll("[data-seconds]").forEach((one) => (one.textContent = left));
  place.querySelectorAll("[data-clock]").forEach((one) => (one.textContent = words(left)));
  place.querySelectorAll("[data-ring]").forEach((one) => one.setAttribute("stroke-dasharray", `${left} ${place.dataset.of}`));
  if (left === 0) renew();
});

const look = async () => {
  if (document.hidden || !part()?.dataset.live) return;
  try {
    const answer = await fetch(part().dataset.live, { credentials: "same-origin", headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok || answer.redirected) return void location.reload();
    offline(false);
    if ((await answer.json()).mark !== part().dataset.mark) await renew();
  } catch { offline(true); }
};

if (part()) {
  tick();
  setInterval(tick, 250);
  setInterval(look, LOOK);
  addEventListener("pageshow", (event) => event.persisted && renew());
  document.addEventListener("visibilitychange", () => document.hidden || look());
}
