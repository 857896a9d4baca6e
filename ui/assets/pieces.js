// What chat and About me share: calls to the API with its reasons kept, and pieces of page that are fetched when needed.
// Pieces come from our own server, which escapes what others wrote; texts of the API are only ever set as text.
(() => {
  const { t, language } = window.attune_words;
  // Before what the API says, which is English, for whoever reads another language.
  const KINDS = {
    403: t("Not allowed"), 404: t("Not found"), 409: t("Not possible just now"), 413: t("Too large"), 422: t("Cannot be taken like this"),
    429: t("Too much at once"), 503: t("Not available just now"), 507: t("The disk is full"),
  };
  const reason = (status, { detail, title }) => {
    const said = detail || title, kind = language !== "en" && KINDS[status];
    return said && kind ? `${kind}: ${said}` : said;
  };

  async function ask(method, path, body) {
    let response;
    try {
      response = await fetch(path, {
        method,
        headers: body === undefined ? {} : { "Content-Type": "application/json" },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
    } catch {
      throw new Error(t("The server could not be reached: try again."));
    }
    if (response.status === 401) location.replace("/login");
    if (response.ok) return response;
    const problem = await response.json().catch(() => ({}));
    const said = reason(response.status, problem) || t("The server answered {status}: try again.", { status: response.status });
    throw Object.assign(new Error(said), { status: response.status });
  }

  // The body of a piece, parsed apart from the page: nothing in it has run or been loaded.
  async function piece(path) {
    const response = await ask("GET", path);
    return new DOMParser().parseFromString(await response.text(), "text/html");
  }

  // A folded <details data-load="address"> fetches what it holds when it is opened.
  document.addEventListener("toggle", async (event) => {
    const details = event.target;
    if (!details.open || !details.dataset.load) return;
    const place = details.querySelector("[data-loaded]");
    if (place.childElementCount) return;
    place.setAttribute("aria-busy", "true");
    try {
      place.replaceChildren(...(await piece(details.dataset.load)).body.childNodes);
    } catch (error) {
      place.textContent = error.message;
    }
    place.removeAttribute("aria-busy");
  }, true);

  // --- the way out: what was typed, and what waits to be sent, is nobody else's business
  function forget_here() {
    sessionStorage.clear();
    localStorage.removeItem("attune-outbox");
    location.replace("/login");
  }

  async function log_out() {
    await ask("DELETE", "/api/v1/auth/session");
    forget_here();
  }

  window.attune_pieces = { ask, piece, reason, log_out, forget_here };
})();
