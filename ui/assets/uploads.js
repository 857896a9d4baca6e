// Documents on their way in: sent to the API itself (the cookie says whose they are), dropped anywhere on the page, named
// by a web address; each with its stage, its progress and a way to stop it, also after a reload.
(() => {
  const { t, n, number } = window.attune_words;
  const STAGES = { queued: t("Waiting"), reading: t("Reading"), encoding: t("Indexing") };
  const ENDED = { needs_password: t("Needs a password"), no_text: t("No text found"), unreadable: t("Unreadable"), unsupported: t("Unsupported format"), too_large: t("Too large"), failed: t("Not read"), cancelled: t("Cancelled") };
  const GONE = t("Cancelled: nothing of it is kept");
  document.body.dataset.dropHere = t("Drop the files to add them to your documents");
  const AT_ONCE = 2; // files that are sent; the rest of the six connections is for the chat
  const LOOK = 700, LONGEST = 10000; // milliseconds between looks at what is under way

  function uploads(element, trigger, done) {
    const { tell } = window.attune, { ask, reason } = window.attune_pieces;
    const list = element.querySelector("[data-uploads]");
    const waiting = [];
    let sending = 0;

    // --- one row for each
    function row_of(name) {
      const row = tell("div", "upload", ""), bar = tell("progress", "", ""), cancel = tell("button", "ghost cancel", t("Cancel"));
      bar.max = 1;
      bar.setAttribute("aria-label", t("How far {name} is", { name }));
      cancel.type = "button";
      cancel.setAttribute("aria-label", t("Cancel {name}", { name }));
      cancel.addEventListener("click", () => { cancel.disabled = true; row.stop(); });
      row.append(tell("span", "name", name), cancel, bar, tell("span", "muted", STAGES.queued));
      row.stop = () => {};
      list.append(row);
      return row;
    }
    function say(row, text, fraction) {
      row.lastElementChild.textContent = text;
      const bar = row.querySelector("progress");
      if (!bar) return;
      if (fraction === undefined) bar.removeAttribute("value"); // it moves, nobody knows how far
      else bar.value = fraction;
    }
    // What became a document is in the list from here on; what was refused stays until it is dismissed.
    function end(row, text, good, listed = good) {
      row.querySelector("progress")?.remove();
      row.querySelector(".cancel")?.remove();
      row.classList.add(good ? "good" : "bad");
      say(row, text);
      if (listed) setTimeout(() => row.remove(), good ? 1200 : 5000);
      else {
        const close = tell("button", "remove", "×");
        close.type = "button";
        close.setAttribute("aria-label", t("Dismiss"));
        close.addEventListener("click", () => row.remove());
        row.insertBefore(close, row.children[1]);
      }
      trigger(done, {});
    }

    // --- the jobs that read them: one look at all, as a browser opens no more than six connections to a server
    const watched = new Map(); // job -> its row
    let patience = LOOK, next_look = 0;
    const look_in = (pause) => { clearTimeout(next_look); next_look = setTimeout(look, pause); };
    function watch(row, job_id, document_id, was_there) {
      const stop = async () => {
        try {
          await ask("DELETE", `/api/v1/documents/${encodeURIComponent(document_id)}`);
        } catch (error) {
          if (error.status !== 404) { say(row, error.message); row.querySelector(".cancel").disabled = false; return; }
        }
        if (watched.delete(job_id)) end(row, GONE, false, true);
      };
      if (was_there) row.querySelector(".cancel")?.remove(); // it is read anew: stopping would take the old one away
      else row.stop = stop;
      watched.set(job_id, row);
      if (watched.size === 1) look_in(LOOK / 2);
    }
    async function look() {
      try {
        const coming = new Map((await (await ask("GET", "/api/v1/documents/under-way")).json()).map((one) => [one.job_id, one]));
        for (const [job_id, row] of [...watched]) {
          if (coming.has(job_id)) show_stage(row, coming.get(job_id));
          else if (watched.has(job_id)) await conclude(row, job_id);
        }
        patience = LOOK;
      } catch {
        patience = Math.min(patience * 2, LONGEST); // not reached just now: what is seen stays, and the next look comes
      }
      if (watched.size) look_in(patience);
    }
    function show_stage(row, { stage, done, total }) {
      const named = STAGES[stage] || stage || STAGES.reading, at = number(done);
      const how_far = n("{stage}: {at} of {count} passage", "{stage}: {at} of {count} passages", total, { stage: named, at });
      say(row, total ? how_far : named, total ? done / total : undefined);
    }
    // What became of one that is no longer under way.
    async function conclude(row, job_id) {
      let job;
      try {
        job = await (await ask("GET", `/api/v1/jobs/${encodeURIComponent(job_id)}`)).json();
      } catch (error) {
        if (error.status !== 404) throw error;
        job = null; // deleted together with its document, from the list or elsewhere
      }
      if (job && ["queued", "running"].includes(job.state)) return; // it began after the look
      if (!watched.delete(job_id)) return; // cancelled here meanwhile
      const outcome = job?.result || {}, ended = outcome.status || job?.state;
      if (!job || ended === "cancelled") end(row, GONE, false, true);
      else if (job.state === "done" && (!outcome.status || outcome.status === "indexed")) end(row, t("Ready"), true);
      else end(row, job.error || outcome.reason || ENDED[ended] || ENDED.failed, false, true);
    }
    function taken(row, answer) {
      say(row, STAGES.queued);
      if (answer.job_id) watch(row, answer.job_id, answer.document.id, answer.document.passages > 0);
      else end(row, t("Already here"), true);
      trigger(done, {});
    }

    // --- sending files
    function send(file, row) {
      sending += 1;
      const request = new XMLHttpRequest();
      request.open("POST", "/api/v1/documents");
      request.upload.onprogress = (event) => say(row, t("Sending"), event.loaded / event.total);
      row.stop = () => request.abort();
      request.onabort = () => end(row, GONE, false, true);
      request.onloadend = () => {
        sending -= 1;
        next();
        if (!row.querySelector("progress")) return; // aborted
        let answer = {};
        try { answer = JSON.parse(request.responseText); } catch { /* a proxy's page, or nothing */ }
        if (request.status === 401) return location.replace("/login");
        if (request.status < 200 || request.status > 299)
          return end(row, reason(request.status, answer) || t("The server could not be reached: try again."), false);
        taken(row, answer);
      };
      const form = new FormData();
      form.append("file", file, file.name);
      request.send(form);
    }
    function next() {
      while (sending < AT_ONCE && waiting.length) send(...waiting.shift());
    }
    function add(files) {
      for (const file of files) {
        const row = row_of(file.name), entry = [file, row];
        row.stop = () => {
          waiting.splice(waiting.indexOf(entry), 1);
          end(row, ENDED.cancelled, false, true);
        };
        waiting.push(entry);
      }
      next();
    }

    // --- choosing and dropping
    const input = element.querySelector("input[type=file]"), drop = element.querySelector("[data-drop]");
    input.addEventListener("change", () => { add([...input.files]); input.value = ""; });
    drop.addEventListener("click", () => input.click());
    element.querySelector("label").addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); input.click(); }
    });
    const holds_files = (event) => event.dataTransfer?.types.includes("Files");
    let left; // while files hover, dragover comes again and again; when it stops coming, they have gone
    document.addEventListener("dragover", (event) => {
      if (!holds_files(event)) return;
      event.preventDefault();
      document.body.classList.add("dropping");
      clearTimeout(left);
      left = setTimeout(() => document.body.classList.remove("dropping"), 300);
    }, true);
    document.addEventListener("drop", (event) => {
      if (!holds_files(event)) return;
      event.preventDefault();
      event.stopPropagation();
      add([...event.dataTransfer.files]);
      document.querySelector(".tabs [data-tab=library]")?.click(); // where their progress is seen on a narrow screen
    }, true);

    // --- web addresses, where the installation fetches them
    const form = element.querySelector("[data-from-url]"), address = form.querySelector("input");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const row = row_of(address.value), url = address.value;
      row.querySelector(".cancel").remove();
      say(row, t("Fetching"));
      address.value = "";
      try {
        taken(row, await (await ask("POST", "/api/v1/documents/from-url", { url })).json());
      } catch (error) {
        end(row, error.message, false);
      }
    });
    ask("GET", "/api/v1/documents/from-url").then((answer) => answer.json()).then(({ allowed }) => { form.hidden = !allowed; }, () => {});

    // --- what was under way before the page was opened
    ask("GET", "/api/v1/documents/under-way").then((answer) => answer.json()).then((arrivals) => {
      for (const one of arrivals) watch(row_of(one.name), one.job_id, one.document_id, one.passages > 0);
    }, () => {});
  }

  window.attune_uploads = { uploads };
})();
