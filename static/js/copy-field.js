// A field with something to copy: it is chosen when it is entered, and a button copies it.
(() => {
  "use strict";
  const field = document.querySelector("[data-copy-from]");
  const button = document.querySelector("[data-copy]");
  if (!field || !button) return;
  button.hidden = false;
  field.addEventListener("focus", () => field.select());
  button.addEventListener("click", async () => {
    field.focus();
    field.select();
    try {
      if (navigator.clipboard) await navigator.clipboard.writeText(field.value);
      else if (!document.execCommand("copy")) return; // pages over plain HTTP have no clipboard
      button.textContent = "已复制";
    } catch {
      field.select(); // the person copies by hand
    }
  });
})();
