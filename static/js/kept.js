// The menu and the crumbs keep the year and the day of the address, also after a filter has changed it.
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-keeps], .crumbs a");
    if (!link || link.origin !== window.location.origin) return;
    const here = new URLSearchParams(window.location.search);
    const there = new URLSearchParams(link.search);
    ["plan", "as_of"].forEach((name) => {
      if (here.get(name)) there.set(name, here.get(name));
      else if (here.has(name)) there.delete(name);
    });
    link.search = there.toString();
  });
})();

// Another year has another heading, other parts and other rows: its page is loaded as a whole.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form.filter[data-hx-get]");
  if (!form || event.target.name !== "plan") return;
  event.stopPropagation();
  ["part", "section"].forEach((name) => {
    if (form.elements[name]) form.elements[name].value = "";
  });
  form.submit();
}, true);
