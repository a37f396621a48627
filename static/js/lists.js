// The line above a list: menus of boxes say what is ticked, their options can be looked for, a field outside the form
// sends it, and the columns are moved before they are applied.
(() => {
  "use strict";

  const say = (menu) => {
    const ticked = [...menu.querySelectorAll("input[type=checkbox]:checked")];
    const one = ticked.length === 1 && ticked[0].closest("label").textContent.trim();
    const said = one || (ticked.length ? `${ticked.length}${menu.dataset.measure}` : menu.dataset.none);
    const named = `${menu.dataset.several}：${said}`;
    const summary = menu.querySelector("summary");
    summary.textContent = ticked.length > 1 ? named : said;
    summary.setAttribute("aria-label", named);
    menu.querySelector("[data-untick]").hidden = !ticked.length;
  };

  document.querySelectorAll("[data-several]").forEach((menu) => {
    say(menu);
    menu.querySelector(".search-box")?.removeAttribute("hidden");
  });
  document.addEventListener("change", (event) => {
    const menu = event.target.closest("[data-several]");
    if (menu && event.target.type === "checkbox") say(menu);
    // a day is of the whole page, not of the rows alone
    if (event.target.matches("[name=as_of][form=filter]") && event.target.validity.valid) event.target.form.submit();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-untick]");
    if (!button) return;
    const menu = button.closest("[data-several]");
    menu.querySelectorAll("input[type=checkbox]").forEach((box) => (box.checked = false));
    menu.querySelector("input[type=checkbox]").dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-find-option]")) return;
    const word = event.target.value.trim();
    event.target.closest("[data-several]").querySelectorAll(".options label").forEach((option) => {
      option.hidden = !option.textContent.includes(word) && !option.querySelector("input").checked;
    });
  });
  // looking for an option neither filters nor sends the form
  ["change", "keydown"].forEach((name) => document.addEventListener(name, (event) => {
    if (!event.target.matches?.("[data-find-option]")) return;
    if (name === "change") event.stopImmediatePropagation();
    else if (event.key === "Enter") event.preventDefault();
  }, true));

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-columns] [data-move]");
    if (!button) return;
    event.preventDefault();
    const item = button.closest("li");
    const other = button.dataset.move === "1" ? item.nextElementSibling : item.previousElementSibling;
    if (!other) return;
    if (button.dataset.move === "1") other.after(item);
    else other.before(item);
    button.focus();
  });
  // a column that cannot be left out stays ticked
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-stays]")) event.target.checked = true;
  });
  document.addEventListener("click", (event) => {
    const all = event.target.closest("a[data-export-all]");
    if (!all) return;
    const query = new URLSearchParams(window.location.search);
    query.delete("columns");
    all.search = query.toString();
  });
})();
