// Settings, beside the password: lets a login at the provider that this installation trusts open the account, too.
(() => {
  const say = window.attune_said, { t } = window.attune_words, { ask } = window.attune_pieces;
  const PROVIDER = "/api/v1/auth/oidc", LINK = `${PROVIDER}/link`;
  const place = document.createElement("div");
  place.id = "provider";
  place.className = "state";

  async function draw() {
    const { enabled, name } = await (await ask("GET", PROVIDER)).json();
    if (!enabled) return;
    const { linked } = await (await ask("GET", LINK)).json();
    const said = document.createElement("p"), row = document.createElement("p"), button = document.createElement("button");
    said.textContent = linked
      ? t("A login with {name} opens this account.", { name })
      : t("A login with {name} can open this account, too.", { name });
    button.type = "button";
    button.textContent = linked ? t("Let it open this account no more") : t("Log in with {name}", { name });
    button.addEventListener("click", () => act(button, linked ? unlink : leave));
    row.append(button);
    place.replaceChildren(said, row);
    document.getElementById("password").append(place);
  }

  async function act(button, what) {
    button.disabled = true;
    try {
      await what();
    } catch (error) {
      button.disabled = false;
      say(t("Not done. {reason}", { reason: error.message }), true);
    }
  }

  const leave = async () => location.assign((await (await ask("POST", LINK)).json()).url);

  async function unlink() {
    await ask("DELETE", LINK);
    await draw();
    say(t("Done. Your password still opens it."));
    document.getElementById("password-title").focus({ preventScroll: true });
  }

  document.addEventListener("DOMContentLoaded", () => draw().catch(() => {})); // the page is whole without it
})();
