// A stock phrase is taken into the box with a click; what was typed stays before it.
(() => {
  "use strict";
  document.querySelectorAll("[data-phrase-for]").forEach((button) => {
    const box = document.getElementById(button.dataset.phraseFor);
    button.hidden = false;
    button.nextElementSibling.remove();
    button.addEventListener("click", () => {
      const typed = box.value.trim();
      box.value = typed ? `${typed}\n${button.textContent}` : button.textContent;
      box.dispatchEvent(new Event("input", { bubbles: true }));
      box.focus();
    });
  });
})();
