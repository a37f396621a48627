// The frame of every page: the menu is folded where the person chose so; "/" leads to the search; one menu is open at a
// time.
(() => {
  "use strict";
  const FOLDED = "menu-folded";
  const root = document.documentElement;
  root.classList.add("scripted");
  const isFolded = () => localStorage.getItem(FOLDED) === "1";
  const show = () => root.classList.toggle(FOLDED, isFolded());
  show(); // before anything is drawn
  // htmx asks each answer for its title by a selector that Chromium 87 refuses, and would show nothing of it.
  if (!CSS.supports("selector(:not(a b))")) {
    const ask = DocumentFragment.prototype.querySelector;
    DocumentFragment.prototype.querySelector = function (selector) {
      return ask.call(this, selector.replace(":not(svg title)", ""));
    };
  }
  document.addEventListener("DOMContentLoaded", () => {
    const fold = document.querySelector("[data-fold-menu]");
    if (fold) {
      const name = () => (fold.querySelector("span").textContent = isFolded() ? "展开菜单" : "收起菜单");
      fold.hidden = false;
      name();
      fold.addEventListener("click", () => {
        localStorage.setItem(FOLDED, isFolded() ? "0" : "1");
        show();
        name();
      });
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leave();
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    const search = document.querySelector("[data-search-key]");
    if (!search) return;
    event.preventDefault();
    search.focus();
  });
  // Escape closes the open menu, and the keyboard goes on at what opened it.
  const leave = () => {
    const menu = document.activeElement && document.activeElement.closest("details.menu[open]");
    close();
    if (window.location.hash === "#menu") window.location.hash = "";
    if (menu) menu.querySelector("summary").focus();
  };
  // How many of the rarer filters are set is said on the button that opens them.
  document.addEventListener("change", (event) => {
    const fields = event.target.closest(".more-filters");
    if (!fields) return;
    const isSet = (field) => (field.type === "checkbox" ? field.checked : field.value);
    const names = [...fields.querySelectorAll("input[name], select[name]")].filter(isSet).map((field) => field.name);
    const set = new Set(names).size;
    const told = fields.querySelector("[data-filters-set]");
    told.textContent = set;
    told.hidden = !set;
  });
  const close = (but) => document.querySelectorAll("details.menu[open]").forEach((menu) => !menu.contains(but) && menu.removeAttribute("open"));
  document.addEventListener("click", (event) => {
    close(event.target.isConnected ? event.target.closest("details.menu") : null);
    if (window.location.hash !== "#menu" || event.target.closest(".side, .menu-toggle")) return;
    event.preventDefault(); // beside the open menu of a phone: the menu closes, nothing else happens
    window.location.hash = "";
  });
})();
