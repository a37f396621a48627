// A search box above a list shows the entries whose name has the typed words; what is ticked stays in sight.
(() => {
  "use strict";
  document.querySelectorAll("[data-finds]").forEach((box) => {
    box.closest("[hidden]")?.removeAttribute("hidden");
    box.addEventListener("input", () => {
      const words = box.value.trim().split(/\s+/).filter(Boolean);
      box.closest("section").querySelectorAll(box.dataset.finds).forEach((choice) => {
        const found = words.every((word) => choice.dataset.name.includes(word));
        choice.hidden = !found && !choice.querySelector("input")?.checked;
      });
    });
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault(); // looking for a unit is not sending the form
    });
  });
})();
