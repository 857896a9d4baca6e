// What a page needs from the browser: clicks on rendered panels, tabs, themes, scrolling to sources.
// It builds elements from text only (textContent), never from markup.
(() => {
  const { t } = window.attune_words;
  const page = document.documentElement;
  const tell = (tag, className, text) => {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text;
    return element;
  };

  function show_tab(name) {
    page.dataset.tab = name;
    for (const tab of document.querySelectorAll("[data-tab]"))
      if (tab !== page) tab.setAttribute("aria-current", tab.dataset.tab === name);
  }

  function set_theme(dark) {
    document.body.classList.toggle("dark", dark);
    page.style.colorScheme = dark ? "dark" : "light";
  }

  // --- sources
  function reveal(marker) {
    const source = document.getElementById(`source-${marker}`);
    if (!source) return;
    for (const other of document.querySelectorAll(".source.focus")) other.classList.remove("focus");
    source.classList.add("focus", "open");
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    source.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  }

  // --- the address names the conversation, so that a reload and the back button come to it again
  let named;
  window.addEventListener("popstate", () => {
    const id = new URLSearchParams(location.search).get("c");
    const way = id ? `#conversations [data-act=open][data-id="${CSS.escape(id)}"]` : "#conversation-head [data-act=new]";
    const button = document.querySelector(way);
    if (button) button.click();
    else location.reload();
  });

  // Lets a click in a panel reach Python: anything with data-act sends its data-* attributes.
  let choosing;
  function panel(element, trigger, watch, { act, chosen, again, sibling }) {
    element.addEventListener("click", (event) => {
      const target = event.target.closest("[data-act], [data-cite]");
      if (!target || !element.contains(target)) return;
      const data = { ...target.dataset };
      if (data.cite) {
        show_tab("sources");
        const shown = document.querySelector("[data-shown-turn]");
        if (shown && shown.dataset.shownTurn === data.turn) return reveal(data.cite);
        data.act = "sources";
      } else if (data.act === "sources") show_tab("sources");
      else if (data.act === "open" || data.act === "new") show_tab("chat");
      else if (data.act === "choose") {
        // Shown at once, and sent as the whole choice when the clicks pause: of events that come while the first is under
        // way gradio may run another than the last.
        target.setAttribute("aria-checked", target.getAttribute("aria-checked") !== "true");
        const ids = [...element.querySelectorAll('.tick[aria-checked="true"]')].map((tick) => tick.dataset.id);
        clearTimeout(choosing);
        choosing = setTimeout(() => trigger(chosen, { ids }), 120);
        return;
      }
      if (data.act === "again" || data.act === "sibling") { // one answer at a time
        if (!document.getElementById("stop")?.offsetParent) trigger(data.act === "again" ? again : sibling, data);
        return;
      }
      if (data.confirm && !window.confirm(data.confirm)) return;
      trigger(act, data);
    });
    watch("value", () => {
      if (element.querySelector("[data-tab]")) show_tab(page.dataset.tab); // the tabs themselves were drawn
      const focus = element.querySelector("[data-focus]");
      if (focus && focus.dataset.focus) reveal(focus.dataset.focus);
      const turns = element.querySelector("[data-conversation]");
      if (turns && turns.dataset.conversation !== named) { // once: a growing answer must not undo a choice made since
        const id = turns.dataset.conversation, address = id ? `/?c=${encodeURIComponent(id)}` : "/";
        // From one conversation to another is a step that the back button undoes; a new one's first name is not.
        if (location.pathname + location.search !== address) history[named ? "pushState" : "replaceState"](null, "", address);
        named = id;
      }
      follow();
      // A growing answer is drawn many times a second: nobody looks through a long conversation each time.
      document.dispatchEvent(new Event(element.closest("#live") ? "attune:grown" : "attune:drawn"));
    });
  }

  // --- the thread stays at its end while a person has not scrolled up to read
  let following = true;
  function follow() {
    const thread = document.getElementById("thread");
    if (!thread) return;
    if (!thread.dataset.watched) {
      thread.dataset.watched = "yes";
      thread.addEventListener("scroll", () => {
        following = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 80;
      });
    }
    if (following) requestAnimationFrame(() => { thread.scrollTop = thread.scrollHeight; });
  }

  // --- things that need no Python
  document.addEventListener("click", async (event) => {
    const target = event.target.closest("button, .passage");
    if (!target) return;
    if (target.matches(".passage")) target.closest(".source").classList.toggle("open");
    else if (target.dataset.tab) show_tab(target.dataset.tab);
    else if ("theme" in target.dataset) {
      const dark = !document.body.classList.contains("dark");
      localStorage.setItem("attune-theme", dark ? "dark" : "light");
      set_theme(dark);
    } else if ("logout" in target.dataset) {
      await fetch("/api/v1/auth/session", { method: "DELETE" });
      sessionStorage.clear(); // half-made edits are nobody else's business
      location.replace("/login");
    } else if ("copy" in target.dataset) {
      const prose = target.closest(".answer").querySelector(".prose");
      await navigator.clipboard.writeText(prose.innerText);
      target.textContent = t("Copied");
      setTimeout(() => { target.textContent = t("Copy"); }, 1500);
    }
  });

  // A session that ends while the page is open leads back to the door instead of to a silent page.
  const plain_fetch = window.fetch.bind(window);
  window.fetch = async (...given) => {
    const response = await plain_fetch(...given);
    if (response.status === 401 && new URL(response.url).pathname.startsWith("/gradio_api/")) location.replace("/login");
    return response;
  };

  const kept = localStorage.getItem("attune-theme");
  const dark = kept ? kept === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  set_theme(dark);
  show_tab("chat");
  window.attune = { panel, tell };
})();
