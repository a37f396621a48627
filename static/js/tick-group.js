// A button in a group of boxes ticks all that are in sight, or none where all are ticked already.
(() => {
  "use strict";
  document.querySelectorAll("[data-ticks]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      const shown = [...button.closest("fieldset").querySelectorAll("label:not([hidden]) input[type=checkbox]")];
      const all = shown.every((box) => box.checked);
      shown.forEach((box) => {
        box.checked = !all;
      });
    });
  });
})();
