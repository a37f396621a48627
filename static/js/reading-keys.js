// Reading one report after another by keys: J next, K previous, A approve, R write why not; in a list X ticks.
(() => {
  "use strict";
  const rows = [...document.querySelectorAll("[data-row]")];
  const isTyping = (target) => target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const press = (selector) => {
    const found = document.querySelector(selector);
    if (found) found.click();
    return Boolean(found);
  };

  const step = (by) => {
    if (!rows.length) return press(`[data-key=${by > 0 ? "j" : "k"}]`);
    const at = rows.indexOf(document.activeElement.closest("[data-row]"));
    const row = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "start" });
    return true;
  };

  const tick = () => {
    const row = document.activeElement.closest("[data-row]");
    const box = row && row.querySelector("input[type=checkbox][form=bulk]");
    if (box) box.click();
    return Boolean(box);
  };

  const write = () => {
    const field = rows.length ? null : document.querySelector("form [name$='-comment']");
    if (field) field.focus();
    return Boolean(field);
  };

  const KEYS = {
    j: () => step(1),
    k: () => step(-1),
    x: tick,
    a: () => !rows.length && press("button[name=decision][value=approve]"),
    r: write,
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || isTyping(event.target)) return;
    const act = KEYS[event.key.toLowerCase()];
    if (act && act()) event.preventDefault();
  });
  document.querySelectorAll("[data-keys]").forEach((hint) => (hint.hidden = false));
})();
