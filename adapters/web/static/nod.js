// What the pages do by themselves beside htmx. Every form works without it; this keeps the page fresh and what is typed safe.
(() => {
  "use strict";
  const words = document.body.dataset;
  const latest = new Map(); // newest fragments of cards somebody is writing in, by HTML id
  let submitted = null; // the card whose form was just answered
  let acting = ""; // the id of the card a person decided on last, until they turn to something else

  // times are told on the clocks of who asks
  for (const one of document.querySelectorAll("input[name=zone]")) one.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";

  // --- replacing parts without losing what a person does in them ---

  const fields = (root) => [...root.querySelectorAll("textarea, input[type=text]")];
  const writing = (card) => fields(card).some((one) => one.value !== one.defaultValue || one === document.activeElement);

  function markStale(card, fresh) {
    latest.set(card.id, fresh);
    if (card.querySelector(":scope > .stale")) return;
    const line = document.createElement("p");
    line.className = "stale";
    line.setAttribute("role", "status");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button small";
    button.textContent = words.showNew;
    button.addEventListener("click", () => {
      const newest = latest.get(card.id);
      latest.delete(card.id);
      card.replaceWith(newest);
      show(newest);
      newest.focus({ preventScroll: true });
    });
    line.append(words.changed, " ", button);
    card.prepend(line);
  }

  function keepOpen(old, fresh) {
    for (const one of old.querySelectorAll("details[data-key]")) {
      const twin = fresh.querySelector(`details[data-key="${CSS.escape(one.dataset.key)}"]`);
      if (twin) twin.open = one.open;
    }
  }

  // parts are whole, each with an id and a digest: one the page shows already changes nothing
  function merge(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    let added = null;
    for (const fresh of [...holder.content.children]) {
      const old = document.getElementById(fresh.id);
      if (!old) { add(fresh); added ??= fresh; }
      else if (fresh.dataset.print !== old.dataset.print) replace(old, fresh);
    }
    document.dispatchEvent(new CustomEvent("nod:merged", { detail: added })); // attention.js brings it into view
  }

  function add(card) {
    const before = document.getElementById(card.dataset.after);
    card.classList.add("is-new");
    if (before) before.after(card); else document.getElementById("thread").append(card);
    show(card);
  }

  function replace(old, fresh) {
    if (old.matches(".card") && old !== submitted && writing(old)) { markStale(old, fresh); return; }
    const lost = acting === old.id && document.activeElement === document.body; // a button disabled while it is sent
    const held = lost ? "" : old.contains(document.activeElement) ? document.activeElement.id : null;
    if (old !== submitted) keepOpen(old, fresh);
    old.replaceWith(fresh);
    show(fresh);
    if (held !== null) (document.getElementById(held) ?? fresh).focus({ preventScroll: true });
  }

  function show(part) {
    htmx.process(part);
    if (part.id === "run_hint") { // the line to write in says what writing there does
      const say = document.getElementById("say");
      if (say) say.placeholder = part.querySelector("#run_hint_words").textContent;
    }
    settle(part);
    announce(part);
  }

  // --- telling, times ---

  const told = [];
  function announce(part) {
    if (part.dataset.title) document.title = part.dataset.title;
    if (!part.dataset.announce) return;
    told.push(part.dataset.announce);
    if (told.length === 1) setTimeout(() => { document.getElementById("announce").textContent = told.splice(0).join(". "); }, 300);
  }

  const relative = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });
  const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60]];
  function tell(time) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.valueOf())) return;
    const past = (at - Date.now()) / 1000;
    const [unit, length] = UNITS.find(([, seconds]) => Math.abs(past) >= seconds) ?? ["minute", 60];
    const local = at.toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
    time.title = local;
    const text = Math.abs(past) > 6 * 86400 ? local : relative.format(Math.trunc(past / length), unit);
    if (time.textContent !== text) time.textContent = text;
  }
  const settle = (root) => { root.querySelectorAll("time").forEach(tell); root.querySelectorAll("textarea").forEach(grow); };
  setInterval(() => document.querySelectorAll("time").forEach(tell), 30000);

  // --- the stream of changes; closed while nobody looks, for browsers allow only six connections to one place ---

  const live = document.querySelector("[data-events]");
  if (live) {
    let source = null;
    let shown = live.dataset.shown;
    const offline = document.getElementById("offline");
    const open = () => {
      if (source || document.hidden || live.dataset.over) return;
      source = new EventSource(`${live.dataset.events}?shown=${encodeURIComponent(shown)}`);
      source.addEventListener("open", () => { offline.hidden = true; });
      source.addEventListener("message", (event) => {
        shown = event.lastEventId;
        merge(event.data);
      });
      source.addEventListener("over", () => {
        live.dataset.over = "yes";
        close();
        if (!document.getElementById("say")) location.reload(); // who only looked on may follow it up now
      });
      source.addEventListener("error", () => {
        offline.hidden = false;
        if (source.readyState === EventSource.CLOSED) { close(); setTimeout(open, 5000); } // it was refused; browsers give up then
      });
    };
    const close = () => { source?.close(); source = null; };
    document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
    addEventListener("pagehide", close);
    addEventListener("pageshow", open);
    open();
  }

  // --- forms ---

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.detail.requestConfig.verb === "get") event.preventDefault(); // nobody looks at the list
  });
  document.addEventListener("htmx:beforeRequest", (event) => { acting = event.detail.elt.closest(".card")?.id ?? acting; });
  document.addEventListener("focusin", (event) => { if (event.target.closest(".card")?.id !== acting) acting = ""; });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const form = event.detail.requestConfig.elt;
    if (!form.matches("form") || event.detail.xhr.status >= 400) return;
    submitted = form.closest(".card"); // what was written in it is sent: it may be replaced
    merge(event.detail.serverResponse);
    event.detail.serverResponse = "";
    submitted = null;
    if ("clear" in form.dataset) { form.reset(); chosen(form); settle(form); }
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.requestConfig.elt;
    if ("closes" in form.dataset) form.closest("dialog").close();
  });
  for (const kind of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(kind, (event) => {
      const place = event.detail.target;
      if (place?.matches(".problem")) place.textContent = words.unsent;
    });
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.matches("textarea")) return;
    event.preventDefault();
    event.target.form?.requestSubmit();
  });

  // who opens a box wants to write in it
  document.addEventListener("click", (event) => {
    const choice = event.target.closest("summary")?.closest(".choice");
    if (choice) setTimeout(() => { if (choice.open) fields(choice)[0]?.focus(); });
  });

  function grow(area) {
    if (CSS.supports("field-sizing", "content")) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 2}px`;
  }
  document.addEventListener("input", (event) => { if (event.target.matches("textarea")) grow(event.target); });

  function chosen(form) {
    const output = form.querySelector(".chosen");
    const input = form.querySelector("input[type=file]");
    if (output && input) output.textContent = [...input.files].map((file) => file.name).join(" · ");
  }
  document.addEventListener("change", (event) => { if (event.target.matches("input[type=file]")) chosen(event.target.form); });

  // browsers that do not know command and commandfor yet
  if (!("commandForElement" in HTMLButtonElement.prototype)) {
    document.addEventListener("click", (event) => {
      const button = event.target.closest("button[commandfor]");
      const dialog = button && document.getElementById(button.getAttribute("commandfor"));
      if (dialog) button.getAttribute("command") === "close" ? dialog.close() : dialog.showModal();
    });
  }

  settle(document);
})();
