// Settings: each acts at once, says what became of it, and keeps what is being typed.
(() => {
  const by_id = (id) => document.getElementById(id);
  const say = window.attune_said, { t } = window.attune_words, { ask, piece, log_out, forget_here } = window.attune_pieces;

  async function attempt(form, act) {
    const problem = form.querySelector(".problem"), button = form.querySelector("[type=submit]");
    button.disabled = true;
    problem.hidden = true;
    try {
      await act();
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
    }
    button.disabled = false;
  }

  // --- look and language
  function choose_theme(theme) {
    if (theme) localStorage.setItem("attune-theme", theme);
    else localStorage.removeItem("attune-theme");
    document.documentElement.dataset.theme = theme;
  }

  async function choose_language(chosen) {
    try {
      await ask("PATCH", "/api/v1/me", { language: chosen || null });
    } catch (error) {
      say(t("Not done. {reason}", { reason: error.message }), true);
      return;
    }
    // The pages read it from here; without a choice they read what the browser asks for.
    document.cookie = `attune_language=${chosen}; Path=/; SameSite=Strict; Max-Age=${chosen ? 365 * 24 * 3600 : 0}`;
    location.reload();
  }

  // --- password
  const set_password = (form) => attempt(form, async () => {
    const [first, again] = [by_id("password-first"), by_id("password-again")];
    if (first.value !== again.value) throw new Error(t("The two are not the same: type it once more."));
    await ask("PATCH", "/api/v1/me", { password: first.value });
    form.reset();
    say(t("Your password is set. Everything else that was logged in as you is logged out."));
    await draw_tokens();
  });

  // --- tokens
  async function draw_tokens() {
    const fresh = (await piece("/settings")).getElementById("token-list");
    by_id("token-list").replaceChildren(...document.importNode(fresh, true).childNodes);
  }

  const make_token = (form) => attempt(form, async () => {
    const scopes = [...form.querySelectorAll("[name=scopes]:checked")].map((box) => box.value);
    if (!scopes.length) throw new Error(t("Say what it may do: tick at least one."));
    const body = { label: form.elements.label.value, scopes, days: Number(form.elements.days.value) };
    const made = await (await ask("POST", "/api/v1/me/tokens", body)).json();
    form.reset();
    by_id("made-token").value = made.token;
    by_id("made").hidden = false;
    by_id("made-token").select();
    await draw_tokens();
  });

  async function end_token(button) {
    if (!window.confirm(button.dataset.confirm)) return;
    button.disabled = true;
    try {
      await ask("DELETE", `/api/v1/me/tokens/${encodeURIComponent(button.dataset.end)}`);
      await draw_tokens();
      say(t("Ended. Whatever used it is logged out."));
      by_id("tokens-title").focus({ preventScroll: true });
    } catch (error) {
      button.disabled = false;
      say(t("Not done. {reason}", { reason: error.message }), true);
    }
  }

  // --- account
  const erase = (form) => attempt(form, async () => {
    if (by_id("erase-email").value.trim() !== form.dataset.email) throw new Error(t("That is not your e-mail address: nothing was erased."));
    await ask("DELETE", "/api/v1/me");
    forget_here();
  });

  const SUBMITTED = { "new-password": set_password, "new-token": make_token, erase };
  document.addEventListener("submit", (event) => {
    event.preventDefault();
    SUBMITTED[event.target.id](event.target);
  });
  document.addEventListener("change", ({ target }) => {
    if (target.name === "theme") choose_theme(target.value);
    else if (target.id === "language") choose_language(target.value);
    else if (target.id === "suggests") or_say(() => choose_suggestions(target));
  });
  document.addEventListener("click", async ({ target }) => {
    if ("end" in target.dataset) end_token(target);
    else if (target.id === "copy-token") {
      if (await window.attune_copy(by_id("made-token").value)) return say(t("Copied"));
      by_id("made-token").select();
      say(t("Not copied: press Ctrl+C."), true);
    } else if (target.id === "show-around") or_say(show_around);
    else if (target.id === "logout") or_say(log_out);
  });

  const or_say = (act) => act().catch((error) => say(t("Not done. {reason}", { reason: error.message }), true));

  async function choose_suggestions(box) {
    const wanted = box.checked;
    box.checked = !wanted; // until it is so
    await ask("PATCH", "/api/v1/me", { suggests: wanted });
    box.checked = wanted;
    say(t("Saved."));
  }

  async function show_around() {
    await ask("PATCH", "/api/v1/me", { toured: false });
    sessionStorage.removeItem("attune-tour");
    location.assign("/");
  }

  document.addEventListener("DOMContentLoaded", () => {
    const theme = localStorage.getItem("attune-theme") || "";
    document.querySelector(`[name=theme][value="${theme}"]`).checked = true;
  });
})();
