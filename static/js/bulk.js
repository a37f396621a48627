// A bar for what is ticked in a list: tick the whole page or all that the filter finds, see how many, no step without a
// choice. The bar of a list of duties is there only while something is chosen.
(() => {
  "use strict";
  const boxes = () => [...document.querySelectorAll("input[type=checkbox][form=bulk]:not([data-pick-all])")];
  const bar = () => document.querySelector("[data-bulk]");
  const all = () => bar().querySelector("input[name=scope]");
  const takesAll = () => Boolean(all()?.checked);
  const ownPickAll = () => bar().querySelector("[data-pick-all]");
  const pickAll = () => ownPickAll() || document.querySelector("thead [data-pick-all]");

  const show = () => {
    if (!bar()) return;
    const picked = boxes().filter((box) => box.checked).length;
    const isList = bar().matches(".pick-bar");
    const number = takesAll() ? Number(all().dataset.number) : picked;
    const measure = bar().dataset.measure || (isList ? "件" : "份");
    const said = isList ? `已选${takesAll() ? "全部" : ""}${number}${measure}` : `已勾选${picked}项`;
    bar().querySelector("[data-picked]").textContent = number ? said : "";
    bar().querySelectorAll("[data-picked-number]").forEach((place) => (place.textContent = number ? `${number}${measure}` : ""));
    if (isList) {
      bar().classList.toggle("has-choice", number > 0);
      document.body.classList.toggle("picking", number > 0);
      bar().querySelector("[data-unpick]").hidden = false;
      boxes().forEach((box) => box.closest("tr")?.classList.toggle("chosen", box.checked || takesAll()));
    }
    const every = pickAll();
    if (!every) return;
    (every.hidden ? every : every.closest("[hidden]"))?.removeAttribute("hidden");
    every.checked = picked > 0 && picked === boxes().length;
    every.indeterminate = picked > 0 && !every.checked;
  };

  const tick = (are) => boxes().forEach((box) => (box.checked = are));

  document.addEventListener("change", (event) => {
    if (!bar() || !event.target.matches("input[type=checkbox], select")) return;
    if (event.target.matches("[data-pick-all]")) tick(event.target.checked);
    if (event.target.matches("[data-pick-all], [form=bulk]") && all()) all().checked = false;
    show();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-unpick]")) return;
    tick(false);
    if (all()) all().checked = false;
    show();
  });
  document.addEventListener("submit", (event) => {
    if (event.target !== bar() || takesAll()) return;
    const everything = event.submitter && event.submitter.name === "scope" && event.submitter.value === "all";
    if (everything || boxes().some((box) => box.checked)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    bar().querySelector("[data-picked]").textContent = "请先勾选。";
  }, true);
  document.addEventListener("htmx:after:swap", show);
  document.addEventListener("htmx:afterSwap", show);
  window.addEventListener("pageshow", show);
  show();
})();
