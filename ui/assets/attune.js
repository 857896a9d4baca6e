// What a page needs from the browser: clicks on rendered panels, tabs, themes, copying, the way out.
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
      if (data.cite || data.act === "sources") {
        if (window.attune_sources.open(target)) return;
      } else if (data.act === "open" || data.act === "new") show_tab("chat");
      else if (data.act === "choose") {
        // Shown at once, and sent as the whole choice when the clicks pause: of events that come while the first is under
        // way gradio may run another than the last.
        target.setAttribute("aria-checked", target.getAttribute("aria-checked") !== "true");
        for (const other of element.querySelectorAll('.tick[aria-checked="true"]')) // both would ask for what is in both
          if (other.dataset.kind !== target.dataset.kind) other.setAttribute("aria-checked", false);
        const ids = window.attune_documents.choice(target);
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
    const drawn = () => {
      if (element.querySelector("[data-tab]")) show_tab(page.dataset.tab); // the tabs themselves were drawn
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
    };
    watch("value", drawn);
    if (element.childElementCount) drawn(); // where scripts came later than what they are about
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
    const target = event.target.closest("button");
    if (!target) return;
    if (target.dataset.tab) show_tab(target.dataset.tab);
    else if ("theme" in target.dataset) {
      const dark = !document.body.classList.contains("dark");
      localStorage.setItem("attune-theme", dark ? "dark" : "light");
      set_theme(dark);
    } else if ("logout" in target.dataset) {
      const problem = document.getElementById("account-said");
      window.attune_pieces.log_out().catch((error) => {
        problem.textContent = t("You are still logged in. {reason}", { reason: error.message });
        problem.hidden = false;
      });
    } else if ("copy" in target.dataset) copy(target);
  });

  // The answer as it is read, each marker as [1], and below it what the markers stand for.
  async function copy(button) {
    const prose = button.closest(".answer").querySelector(".prose");
    const cited = new Set([...prose.querySelectorAll("[data-cite]")].map((cite) => `[${cite.dataset.cite}]`));
    const sources = button.dataset.copy.split("\n").filter((line) => cited.has(line.split(" ")[0]));
    const copied = await window.attune_copy([prose.innerText.trim(), sources.join("\n")].filter(Boolean).join("\n\n"));
    button.textContent = copied ? t("Copied") : t("Not copied: select the text and press Ctrl+C");
    setTimeout(() => { button.textContent = t("Copy"); }, copied ? 1500 : 6000);
  }

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
  window.attune = { panel, tell, show_tab };
})();
