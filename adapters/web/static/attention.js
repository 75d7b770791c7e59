// Brings what matters into view on a run's page: what asks, or the result. A person who reads or writes elsewhere is left in peace.
(() => {
  "use strict";
  const dock = document.querySelector(".dock");
  if (!dock) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let hand = ""; // the id of the card that was brought last, while it still asks
  let reading = false; // a person moved the page, or works in another card, since they decided last

  new ResizeObserver(() => document.documentElement.style.setProperty("--dock", `${dock.offsetHeight}px`)).observe(dock);

  // --- what a person is at ---

  const FIELD = "textarea, input[type=text], select";
  const MOVES = new Set(["PageUp", "PageDown", "ArrowUp", "ArrowDown", "Home", "End", " "]);
  const asking = () => document.querySelector(".card.asks");
  const result = () => document.getElementById("card-result");
  const atBottom = () => innerHeight + scrollY >= document.documentElement.scrollHeight - 160;

  function busy() {
    const field = document.activeElement?.matches(FIELD) ? document.activeElement : null;
    const written = [...document.querySelectorAll(".card textarea, .card input[type=text]")].some((one) => one.value !== one.defaultValue);
    return written || field?.closest(".card") || document.querySelector("dialog[open]") || !getSelection().isCollapsed;
  }

  function mayFocus() {
    const at = document.activeElement;
    return !at || at === document.body || at.id === "main" || (!at.matches(FIELD) && Boolean(at.closest(".card, .run-head")));
  }

  for (const kind of ["wheel", "touchmove"]) addEventListener(kind, () => { reading = true; }, { passive: true });
  addEventListener("keydown", (event) => {
    if (MOVES.has(event.key) && !event.target.matches?.(`${FIELD}, button, summary`)) reading = true;
  });
  addEventListener("keydown", () => { document.documentElement.dataset.keyboard = ""; }, true);
  addEventListener("pointerdown", (event) => {
    delete document.documentElement.dataset.keyboard;
    const card = event.target.closest?.(".card");
    if (event.target === document.documentElement || (card && card.id !== hand)) reading = true; // the scroll bar, or another card
  });
  document.addEventListener("submit", () => { reading = false; }, true);

  // --- bringing ---

  function bring(card) {
    const room = innerHeight - dock.offsetHeight;
    const box = card.getBoundingClientRect();
    const seen = box.top >= 0 && (box.bottom <= room || box.top < room * 0.4); // its buttons stay in view by themselves
    if (!seen) {
      const block = box.height > room - 32 ? "start" : "nearest";
      card.scrollIntoView({ block, behavior: calm.matches ? "auto" : "smooth" });
    }
    if (mayFocus()) card.focus({ preventScroll: true });
  }

  function attend() {
    if (hand && !document.getElementById(hand)?.matches(".asks, #card-result")) hand = "";
    const next = asking() ?? result();
    if (next && !hand) {
      hand = next.id;
      if (!busy() && (!reading || atBottom())) bring(next);
    }
    if (!asking() && result()) hand = "card-result";
    point();
  }

  // --- the way to what asks, while it is out of sight ---

  function point() {
    const jump = document.querySelector(".jump");
    const card = asking();
    if (!jump || !card) return;
    const box = card.getBoundingClientRect();
    jump.hidden = box.top < innerHeight - dock.offsetHeight - 120 && box.bottom > 120;
    jump.classList.toggle("is-above", box.bottom <= 120);
  }
  let pointing = 0;
  addEventListener("scroll", () => { pointing ||= requestAnimationFrame(() => { pointing = 0; point(); }); }, { passive: true });
  addEventListener("resize", point);
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.(".jump")) return;
    const card = asking();
    if (!card) return;
    event.preventDefault();
    reading = false;
    hand = card.id;
    card.scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" });
    card.focus({ preventScroll: true });
  });

  document.addEventListener("nod:merged", (event) => {
    const before = hand;
    const followed = atBottom() && !reading && !busy();
    requestAnimationFrame(() => {
      attend();
      if (followed && hand === before && event.detail && !asking()) event.detail.scrollIntoView({ block: "nearest", behavior: calm.matches ? "auto" : "smooth" });
    });
  });

  const back = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  if (location.hash || back) { hand = (asking() ?? result())?.id ?? ""; point(); }
  else { history.scrollRestoration = "manual"; attend(); }
})();
