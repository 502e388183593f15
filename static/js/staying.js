/* Asks before the time without use ends (WCAG 2.2.1). Another tab may have been used: the server is asked first. */

const beside = document.querySelector("[data-staying]");

const staying = (dialog) => {
  const warning = Number(dialog.dataset.warning);
  const form = dialog.querySelector("[data-staying-part=soon] form");
  const shown = dialog.querySelector("[data-staying-left]");
  const said = dialog.querySelector("[data-staying-said]");
  let ends = Date.now() + 1000 * Number(dialog.dataset.left);
  let timer = 0;

  const left = () => Math.max(0, Math.round((ends - Date.now()) / 1000));
  const words = (seconds) => (seconds > 60 ? `${Math.ceil(seconds / 60)} 分钟` : `${seconds} 秒`);
  const wait = (seconds) => { clearTimeout(timer); timer = setTimeout(look, 1000 * Math.min(seconds, 3600)); };
  const part = (name) => dialog.querySelectorAll("[data-staying-part]").forEach((one) => (one.hidden = one.dataset.stayingPart !== name));
  const title = () => dialog.querySelectorAll("h2").forEach((head) => {
    const on = !head.closest("[hidden]");
    head.id = on ? "staying-title" : "";
    head.parentElement.querySelector("p").id = on ? "staying-text" : "";
  });

  const ask = async (method, body) => {
    const answer = await fetch(form.action, { method, body, credentials: "same-origin", headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok) throw new Error(String(answer.status));
    ends = Date.now() + 1000 * (await answer.json()).left;
  };

  const count = () => {
    const seconds = left();
    if (!seconds) return look();
    shown.textContent = words(seconds);
    if (seconds % 60 === 0) said.textContent = `${words(seconds)}后会自动退出。`;
    timer = setTimeout(count, 1000);
  };

  const over = () => {
    part("over");
    title();
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("[data-staying-part=over] h2").focus();
    said.textContent = "已经自动退出。";
  };

  const end = () => { clearTimeout(timer); timer = setTimeout(over, 1000); }; // whole seconds are counted, a little less than true

  const look = async () => {
    clearTimeout(timer);
    try { await ask("GET"); } catch { if (left()) return wait(Math.max(1, left() / 2)); }
    if (!left()) return end();
    if (left() > warning) { if (dialog.open) dialog.close(); return wait(left() - warning); }
    shown.textContent = words(left());
    part("soon");
    title();
    if (!dialog.open) dialog.showModal();
    timer = setTimeout(count, 1000);
  };

  const stay = async () => {
    try { await ask("POST", new FormData(form)); } catch { said.textContent = "没有连上，请再按一次。"; return; }
    if (!left()) return end();
    dialog.close();
    wait(left() - warning);
  };

  form.addEventListener("submit", (event) => { event.preventDefault(); stay(); });
  dialog.addEventListener("cancel", (event) => { if (left()) { event.preventDefault(); stay(); } });
  dialog.querySelector("[data-staying-close]").addEventListener("click", () => dialog.close());
  document.addEventListener("visibilitychange", () => { if (!document.hidden && left() <= warning) look(); });
  wait(Math.max(0, left() - warning));
};

if (beside && beside.showModal) staying(beside);
