// The export takes exactly what the list shows: its link follows the address as the filter changes it.
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-export]");
    if (link) link.search = window.location.search;
  });
})();
