/* The box for codes: F2 goes there; a scanner that reads one code twice within two seconds sends it once.
   Only when it was read, and what digest of it, is remembered, and only in this tab. */

const box = document.querySelector("[data-scan-box]");
const TWICE = 2000, KEY = "scanned";
const digest = (text) => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, 7);

document.addEventListener("keydown", (event) => {
  if (event.key !== "F2" || !box) return;
  event.preventDefault();
  box.focus();
  box.select();
});

box?.form.addEventListener("submit", (event) => {
  const code = box.value.normalize("NFKC").trim().toUpperCase();
  const [last, at] = (sessionStorage.getItem(KEY) || "").split("@");
  const again = last === String(digest(code)) && Date.now() - Number(at) < TWICE;
  if (!code || again) { event.preventDefault(); event.stopImmediatePropagation(); box.value = ""; return; }
  sessionStorage.setItem(KEY, `${digest(code)}@${Date.now()}`);
});

/* A page that names no place for the cursor: the first box to be seen of its form, else its heading; errors have
   taken it already. */
const typed = "form[data-autosave] :is(input:not([type=hidden], [type=file], [disabled], [readonly]), select, textarea)";
const seen = (what) => [...document.querySelectorAll(what)].find((one) => one.getClientRects().length); // not in a closed dialog
if (!seen("[autofocus], [data-error-summary]") && !location.hash) {
  (seen(typed) || document.querySelector("main [data-focus]"))?.focus({ preventScroll: true });
}
