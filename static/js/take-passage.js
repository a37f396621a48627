// What was reported before, or by a responsible unit, is taken over into the report: the selected words, or all.
(() => {
  "use strict";
  const target = document.getElementById("id_text");
  const told = document.getElementById("passage-taken");
  if (!target) return;

  const chosen = (passage) => {
    const text = passage.querySelector(".passage-text");
    const selection = window.getSelection();
    const inside = selection.rangeCount && text.contains(selection.anchorNode) && text.contains(selection.focusNode);
    return (inside && selection.toString().trim()) || text.textContent.trim();
  };

  document.querySelectorAll("[data-passage]").forEach((passage) => {
    const button = passage.querySelector("button");
    button.hidden = false;
    button.addEventListener("mousedown", (event) => event.preventDefault()); // pressing it must not lose the selection
    button.addEventListener("click", () => {
      const before = target.value.trimEnd();
      const from = passage.dataset.passage; // empty for the unit's own reports
      target.value = `${before}${before ? "\n" : ""}${from ? `${from}：` : ""}${chosen(passage)}`;
      target.dispatchEvent(new Event("input", { bubbles: true })); // so that the draft is saved with it
      target.scrollTop = target.scrollHeight;
      if (told) told.textContent = `已引用${from}的内容。`;
    });
  });
})();
