/* Small comforts on top of pages that work without any of this. Found by data- attributes; nothing inline. */

const each = (selector, act, root = document) => root.querySelectorAll(selector).forEach(act);
const clock = () => new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" });
/* data-beside: what stands beside the questions and follows from the answers; taken from the page as it is now. */
const beside = (page) => each("[data-beside]", (place) => place.replaceWith(page.querySelector("[data-beside]") || place));

/* Error summary: takes the focus; its links go to the control, also inside a fieldset. */
const focusErrors = () => {
  const box = document.querySelector("[data-error-summary]");
  if (!box) return;
  box.focus();
  each("a[href^='#']", (link) => link.addEventListener("click", (event) => {
    const field = document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    (field.closest("fieldset, .field") || field).scrollIntoView({ block: "center" });
    field.focus({ preventScroll: true });
  }), box);
};

/* Menus made of <details>: close on Escape and on a click elsewhere. */
const menus = () => {
  const close = (except) => each("details[data-menu][open]", (menu) => menu !== except && menu.removeAttribute("open"));
  document.addEventListener("click", (event) => close(event.target.closest("details[data-menu]")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details[data-menu][open]");
    close();
    open?.querySelector("summary").focus();
  });
};

/* A form is sent once: the second click finds the button resting. Back button (pageshow) wakes it again. */
const guardForms = () => {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => each("button:not([type=button])", (button) => (button.disabled = true), form), 0);
  });
  addEventListener("pageshow", () => each("form[data-sent]", (form) => {
    delete form.dataset.sent;
    each("button:not([type=button])", (button) => { if (!button.hasAttribute("data-stays-off")) button.disabled = false; }, form);
  }));
};

/* What is written in a form, without chosen files: those are sent once, by themselves. */
const written = (form) => {
  const data = new FormData(form);
  each("[type=file]", (input) => data.delete(input.name), form);
  return data;
};

/* data-autosave="URL" on a form: posts it two seconds after the last change, five after the first that is not saved; says so in
   [data-save-state], in the words the answer brings ("said") if it brings any. */
const autosave = (form) => {
  let timer = 0, first = 0, waiting = false, running = false, choice = false;
  const say = (words, failed) => each("[data-save-state]", (place) => {
    place.toggleAttribute("data-failed", failed);
    (place.querySelector("span") || place).textContent = words;
  });
  const save = async () => {
    if (running || form.dataset.sent) return void (waiting = running);
    running = true;
    waiting = false;
    first = 0;
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body: written(form), credentials: "same-origin",
        redirect: "manual", headers: { "X-Requested-With": "fetch" } });
      const left = answer.type === "opaqueredirect", told = left ? {} : await answer.json().catch(() => ({}));
      say(told.said || (answer.ok ? `已于 ${clock()} 保存` : left ? "登录已过期。按“保存并继续”，登录后接着填，内容不会丢" : "没有保存成功，请稍后再试"), !answer.ok);
      if (answer.ok && choice) { choice = false; await follow(form); }
    } catch {
      say("保存失败，请检查网络", true);
    }
    running = false;
    if (waiting) save();
  };
  const soon = () => {
    first ||= Date.now();
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(0, Math.min(2000, first + 5000 - Date.now())));
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", (event) => {
    if (!event.target.matches("[type=radio], [type=checkbox], select")) return soon();
    choice = true;
    clearTimeout(timer);
    save();
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden && timer) { clearTimeout(timer); timer = 0; save(); } });
};

/* data-follow in an autosaved form: a choice that brings up or drops questions shows so at once, what is typed stays.
   Only [data-asked] parts come and go; without this the next page asks them. */
const follow = async (form) => {
  const place = form.querySelector("[data-follow]");
  if (!place) return;
  const answer = await fetch(location.href, { credentials: "same-origin", headers: { "X-Requested-With": "fetch" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-follow]");
  if (!answer.ok || !fresh) return;
  const named = (part) => new Map([...part.children].map((field) => [field.dataset.asked, field]));
  const wanted = named(fresh), present = named(place);
  present.forEach((field, name) => { if (!wanted.has(name)) field.remove(); });
  let before = null;
  wanted.forEach((field, name) => {
    const stays = present.get(name);
    if (!stays) {
      place.insertBefore(field, before ? before.nextSibling : place.firstChild);
      if (field.dataset.uploads) { form.enctype = "multipart/form-data"; uploads(field); }
    }
    before = stays || field;
  });
  form.elements.asked.value = page.querySelector("[name=asked]").value;
  beside(page);
};

/* data-uploads="URL" on a question for files: a chosen file is sent at once, with its progress; when the connection breaks it
   is kept and sent again, by itself when the network is back. Without this the form's own button sends it. */
const uploads = (place) => {
  const form = place.closest("form"), name = place.dataset.asked;
  const part = (what) => place.querySelector(`[data-upload-${what}]`);
  const input = place.querySelector("[type=file]");
  if (!input) return;
  let file = null, running = false;
  const say = (words, { failed = false, again = false } = {}) => {
    part("state").hidden = false;
    part("state").toggleAttribute("data-failed", failed);
    part("words").textContent = words;
    place.querySelector("progress").hidden = failed;
    part("again").hidden = !again;
  };
  const done = async () => {
    const answer = await fetch(location.href, { credentials: "same-origin", headers: { "X-Requested-With": "fetch" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector(`[data-asked="${CSS.escape(name)}"][data-uploads]`);
    if (!answer.ok || !fresh) return location.reload();
    place.replaceWith(fresh);
    uploads(fresh);
    beside(page);
    fresh.querySelector("[type=file], button")?.focus({ preventScroll: true });
    each("[data-save-state] span", (words) => (words.textContent = `已于 ${clock()} 保存`));
  };
  const broke = () => say("网络断了，这个文件还没有传完。网络恢复后会自动再传，您也可以按“再传一次”。", { failed: true, again: true });
  const send = () => {
    if (!file || running) return;
    running = true;
    const data = new FormData(), request = new XMLHttpRequest();
    data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    data.append(name, file);
    request.open("POST", place.dataset.uploads);
    request.setRequestHeader("X-Requested-With", "fetch");
    request.upload.addEventListener("progress", (event) => {
      const share = event.lengthComputable ? Math.round((event.loaded / event.total) * 100) : 0;
      place.querySelector("progress").value = share;
      say(share < 100 ? `正在上传，${share}%` : "已传完，正在检查文件…");
    });
    request.addEventListener("load", () => {
      running = false;
      let told = {};
      try { told = JSON.parse(request.responseText); } catch { /* a page, not an answer */ }
      if (request.status === 200 && told.saved) return void done().catch(() => location.reload());
      if (told.message) { file = null; return say(told.message, { failed: true }); }
      if (request.responseURL.includes("sign-in")) return say("登录已过期，这个文件没有传上来。请刷新页面，登录后再传；以前传好的文件都还在。", { failed: true });
      say(request.status === 413 ? "这个文件太大，没有收下。请缩小后再传。" : "没有传成功，请稍后再传一次。", { failed: true, again: request.status !== 413 });
    });
    request.addEventListener("error", () => { running = false; broke(); });
    request.addEventListener("abort", () => { running = false; broke(); });
    say("正在上传");
    request.send(data);
  };
  part("button").hidden = true;
  place.classList.add("uploads--script");
  input.addEventListener("change", () => {
    if (!input.files.length) return;
    file = input.files[0];
    input.value = "";
    send();
  });
  part("again").addEventListener("click", send);
  addEventListener("online", () => { if (place.isConnected) send(); });
};

/* data-poll="URL" on an element: replaced by the same element of that page (found by id) until it has no data-poll.
   data-poll-seconds sets the pace; it slows down after a minute and stops on hidden pages. A redirect is followed. */
const poll = (start) => {
  let element = start, rounds = 0;
  const look = async () => {
    if (document.hidden) return again();
    try {
      const answer = await fetch(element.dataset.poll, { credentials: "same-origin", headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok) return again();
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(element.id);
      if (!fresh) return location.assign(answer.url);
      if (fresh.outerHTML !== element.outerHTML) { element.replaceWith(fresh); element = fresh; }
      if (element.dataset.poll) again();
      else if (element.dataset.pollDone !== undefined) location.reload();
    } catch { again(); }
  };
  const again = () => setTimeout(look, 1000 * (Number(element.dataset.pollSeconds) || 1) * (rounds++ > 60 ? 5 : 1));
  again();
};

/* 语音朗读: shown only where the browser can speak Chinese text; reads the main part, a second press stops. */
const readAloud = () => {
  const speech = window.speechSynthesis;
  if (!speech || !window.SpeechSynthesisUtterance) return;
  const label = (words) => each("[data-read-aloud-label]", (place) => (place.textContent = words));
  const stop = () => { speech.cancel(); label("语音朗读"); };
  const start = () => {
    const sentences = document.getElementById("main").innerText.split(/\n+/).filter((line) => line.trim());
    label("停止朗读");
    sentences.forEach((sentence, index) => {
      const words = new SpeechSynthesisUtterance(sentence);
      words.lang = "zh-CN";
      words.rate = 0.9;
      if (index === sentences.length - 1) words.onend = stop;
      speech.speak(words);
    });
  };
  each("[data-read-aloud]", (place) => {
    place.hidden = false;
    place.querySelector("button").addEventListener("click", () => (speech.speaking ? stop() : start()));
  });
  addEventListener("pagehide", () => speech.cancel());
};

/* data-print on a button: the print view; without JavaScript the button stays hidden. */
const printing = (button) => { button.hidden = false; button.addEventListener("click", () => print()); };

/* data-key="Alt+J" on a link or button: that key presses it. Always with Alt, so that no single letter acts while typing. */
const keys = () => document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
  const pressed = `Alt+${event.key === "Enter" ? "Enter" : event.code.replace("Key", "")}`;
  const target = document.querySelector(`[data-key="${CSS.escape(pressed)}"]`);
  if (!target || target.disabled) return;
  event.preventDefault();
  target.click();
});

focusErrors();
menus();
keys();
guardForms();
readAloud();
each("form[data-autosave]", autosave);
each("[data-uploads]", uploads);
each("[data-poll]", poll);
each("[data-print]", printing);
