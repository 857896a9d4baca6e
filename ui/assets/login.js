// Trades a password or the code of a one-time link for the session cookie. A mere GET of the page spends nothing.
const { t } = window.attune_words;
const problem = document.getElementById("problem");
const codeForm = document.getElementById("code-form");
const passwordForm = document.getElementById("password-form");
const code = new URLSearchParams(location.search).get("code");

async function open_session(body, form) {
  const button = form.querySelector("button");
  button.disabled = true;
  problem.hidden = true;
  try {
    const response = await fetch("/api/v1/auth/session", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (response.ok) return location.replace("/");
    const details = await response.json().catch(() => ({}));
    problem.textContent = details.detail || details.title || t("The server answered {status}: try again.", { status: response.status });
  } catch {
    problem.textContent = t("The server does not answer. Is it still running?");
  }
  problem.hidden = false;
  button.disabled = false;
  if (form === codeForm) {
    codeForm.hidden = true;
    passwordForm.hidden = false;
  }
}

passwordForm.addEventListener("submit", (event) => {
  event.preventDefault();
  open_session(Object.fromEntries(new FormData(passwordForm)), passwordForm);
});
codeForm.addEventListener("submit", (event) => {
  event.preventDefault();
  open_session({ code }, codeForm);
});

if (code) {
  history.replaceState(null, "", "/login"); // the code must not stay in the history
  codeForm.hidden = false;
  passwordForm.hidden = true;
  // A browser that loads pages ahead of the click keeps them hidden: only a page that is looked at spends its code.
  if (document.visibilityState === "visible" && !document.prerendering) codeForm.requestSubmit();
}
