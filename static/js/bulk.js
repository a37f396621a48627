// A bar above a list: tick the whole page, see how many are ticked, no step without a choice.
(() => {
  "use strict";
  const boxes = () => [...document.querySelectorAll("input[type=checkbox][form=bulk]:not([data-pick-all])")];
  const bar = () => document.querySelector("[data-bulk]");
  const takesAll = () => bar().querySelector("select[name=scope]")?.value === "all";

  const show = () => {
    if (!bar()) return;
    const picked = boxes().filter((box) => box.checked).length;
    bar().querySelector("[data-picked]").textContent = picked && !takesAll() ? `已勾选${picked}项` : "";
    bar().querySelectorAll("[data-picked-number]").forEach((place) => (place.textContent = picked ? `${picked}份` : ""));
    const all = bar().querySelector("[data-pick-all]");
    if (!all) return;
    all.closest("[hidden]")?.removeAttribute("hidden");
    all.checked = picked > 0 && picked === boxes().length;
    all.indeterminate = picked > 0 && !all.checked;
  };

  document.addEventListener("change", (event) => {
    if (!bar() || !event.target.matches("input[type=checkbox], select")) return;
    if (event.target.matches("[data-pick-all]")) {
      boxes().forEach((box) => {
        box.checked = event.target.checked;
      });
    }
    show();
  });
  document.addEventListener("submit", (event) => {
    if (event.target !== bar() || takesAll()) return;
    const all = event.submitter && event.submitter.name === "scope" && event.submitter.value === "all";
    if (all || boxes().some((box) => box.checked)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    bar().querySelector("[data-picked]").textContent = "请先勾选。";
  }, true);
  document.addEventListener("htmx:after:swap", show);
  document.addEventListener("htmx:afterSwap", show);
  show();
})();
