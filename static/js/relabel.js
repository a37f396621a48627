// A label that is being changed stays as typed while the list of evidence is drawn anew, and is not left unsaved unasked.
(() => {
  "use strict";
  const list = document.getElementById("attached");
  const form = list.closest("form");
  const FIELD = "[name^=relabel_]";
  const typed = new Map(); // what was changed and not saved, by the name of the field
  let leaving = false;

  const restore = () => {
    typed.forEach((value, name) => {
      const field = form.elements[name];
      if (!field) return void typed.delete(name); // the item was removed
      field.value = value;
      field.closest("details").open = true;
    });
  };

  list.addEventListener("input", (event) => {
    if (event.target.matches(FIELD)) typed.set(event.target.name, event.target.value);
  });
  // Enter saves the label and not the whole form.
  list.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches(`input${FIELD}`)) return;
    event.preventDefault();
    event.target.closest("details").querySelector("button").click();
  });
  form.addEventListener("submit", (event) => {
    leaving = !event.defaultPrevented;
  });
  window.addEventListener("pageshow", () => {
    leaving = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (typed.size && !leaving) event.preventDefault();
  });
  new MutationObserver(restore).observe(list, { childList: true });
})();
