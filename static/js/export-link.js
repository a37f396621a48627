// The export takes exactly what the list shows: its link follows the address as the filter changes it.
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-export]");
    if (link) link.search = window.location.search;
    // What is asked for by more than the filter keeps its own address, and follows the day alone.
    const dated = event.target.closest("a[data-export-day]");
    if (!dated) return;
    const query = new URLSearchParams(dated.search);
    const day = new URLSearchParams(window.location.search).get("as_of");
    if (day) query.set("as_of", day);
    else query.delete("as_of");
    dated.search = query.toString();
  });
})();
