// One box ticks every box of that name on the page; lists that htmx swaps in are covered too.
(() => {
  "use strict";
  document.addEventListener("change", (event) => {
    const name = event.target.dataset && event.target.dataset.ticks;
    if (!name) return;
    event.target.form.querySelectorAll(`input[type="checkbox"][name="${name}"]`).forEach((box) => {
      box.checked = event.target.checked;
    });
  });
})();
