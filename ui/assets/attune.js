// What a page needs from the browser: clicks on rendered panels, uploads with progress, scrolling to sources.
// It builds elements from text only (textContent), never from markup.
(() => {
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
    let named;
    watch("value", () => {
      const focus = element.querySelector("[data-focus]");
      if (focus && focus.dataset.focus) reveal(focus.dataset.focus);
      const turns = element.querySelector("[data-conversation]");
      if (turns && turns.dataset.conversation !== named) { // once: a growing answer must not undo a choice made since
        const id = named = turns.dataset.conversation;
        history.replaceState(null, "", id ? `/?c=${encodeURIComponent(id)}` : "/");
      }
      follow();
      document.dispatchEvent(new Event("attune:drawn"));
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

  // --- uploads go to the API itself; the cookie says whose they are
  function uploads(element, trigger, done) {
    const list = element.querySelector("[data-uploads]");
    const input = element.querySelector("input[type=file]");
    const drop = element.querySelector("[data-drop]");
    const waiting = [];
    let sending = 0;

    const row_of = (file) => {
      const row = tell("div", "upload", "");
      const bar = tell("progress", "", "");
      bar.max = 1;
      row.append(tell("span", "name", file.name), bar, tell("span", "muted", "Waiting"));
      list.append(row);
      return row;
    };
    const say = (row, text, fraction) => {
      row.lastElementChild.textContent = text;
      const bar = row.querySelector("progress");
      if (bar && fraction !== undefined) bar.value = fraction;
    };
    // What became a document is in the list from here on; what was refused stays until it is dismissed.
    const end = (row, text, good, listed = good) => {
      row.querySelector("progress")?.remove();
      row.classList.add(good ? "good" : "bad");
      say(row, text);
      if (listed) setTimeout(() => row.remove(), good ? 1200 : 5000);
      else {
        const close = tell("button", "remove", "×");
        close.type = "button";
        close.setAttribute("aria-label", "Dismiss");
        close.addEventListener("click", () => row.remove());
        row.insertBefore(close, row.children[1]);
      }
      trigger(done, {});
    };

    function watch_job(row, id) {
      const events = new EventSource(`/api/v1/jobs/${encodeURIComponent(id)}/events`);
      const read = (event) => {
        const job = JSON.parse(event.data);
        if (job.state === "queued" || job.state === "running") {
          say(row, job.stage || "Reading", job.total ? job.done / job.total : undefined);
          return;
        }
        events.close();
        const outcome = job.result || {};
        const bad = job.state !== "done" || (outcome.status && outcome.status !== "indexed");
        const reason = job.error || outcome.reason || outcome.status || job.state;
        end(row, bad ? String(reason).replaceAll("_", " ") : "Ready", !bad, true);
      };
      for (const name of ["message", "job", "progress"]) events.addEventListener(name, read);
      events.onerror = () => {
        if (events.readyState === EventSource.CLOSED) end(row, "Lost sight of it: the list shows its state", false, true);
      };
    }

    function send(file, row) {
      sending += 1;
      const request = new XMLHttpRequest();
      request.open("POST", "/api/v1/documents");
      request.upload.onprogress = (event) => say(row, "Sending", event.loaded / event.total);
      request.onloadend = () => {
        sending -= 1;
        next();
        let answer = {};
        try { answer = JSON.parse(request.responseText); } catch { /* a proxy's page, or nothing */ }
        if (request.status === 401) return location.replace("/login");
        if (request.status < 200 || request.status > 299)
          return end(row, answer.detail || answer.title || "The server could not be reached: try again", false);
        if (answer.job_id) return watch_job(row, answer.job_id);
        end(row, "Already here", true);
      };
      const form = new FormData();
      form.append("file", file, file.name);
      request.send(form);
    }

    function next() {
      while (sending < 3 && waiting.length) send(...waiting.shift());
    }
    function add(files) {
      for (const file of files) waiting.push([file, row_of(file)]);
      next();
    }

    input.addEventListener("change", () => { add([...input.files]); input.value = ""; });
    for (const name of ["dragover", "dragleave", "drop"])
      drop.addEventListener(name, (event) => {
        event.preventDefault();
        drop.classList.toggle("over", name === "dragover");
        if (name === "drop") add([...event.dataTransfer.files]);
      });
    drop.addEventListener("click", () => input.click());
    element.querySelector("label").addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); input.click(); }
    });
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
      target.textContent = "Copied";
      setTimeout(() => { target.textContent = "Copy"; }, 1500);
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
  window.attune = { panel, uploads };
})();
