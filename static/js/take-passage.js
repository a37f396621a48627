// The lead takes what a responsible unit reported over into its own report: the selected words, or all of them.
(() => {
  "use strict";
  const target = document.getElementById("id_text");
  const told = document.getElementById("passage-taken");
  if (!target || !told) return;

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
      target.value = `${before}${before ? "\n" : ""}${passage.dataset.passage}：${chosen(passage)}`;
      target.dispatchEvent(new Event("input", { bubbles: true })); // so that the draft is saved with it
      target.scrollTop = target.scrollHeight;
      told.textContent = `已引用${passage.dataset.passage}的内容。`;
    });
  });
})();
