// A known name is added to a cell as a line of its own; a requirement is parted where the cursor stands.
(() => {
  "use strict";
  document.querySelectorAll("[data-adds-to]").forEach((helper) => {
    const cell = document.getElementById(helper.dataset.addsTo);
    const [input, button] = [helper.querySelector("input"), helper.querySelector("button")];
    const add = () => {
      const name = input.value.trim();
      const lines = cell.value.split("\n").map((line) => line.trim()).filter(Boolean);
      if (name && !lines.includes(name)) cell.value = [...lines, name].join("\n");
      input.value = "";
      input.focus();
    };
    button.addEventListener("click", add);
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      add();
    });
    helper.hidden = false;
  });
  document.querySelectorAll("[data-splits]").forEach((helper) => {
    const first = document.getElementById(helper.dataset.splits);
    const second = document.getElementById(helper.dataset.into);
    helper.querySelector("button").addEventListener("click", () => {
      const at = first.selectionStart;
      second.value = first.value.slice(at).trim() + second.value;
      first.value = first.value.slice(0, at).trimEnd();
      second.focus();
    });
    helper.hidden = false;
  });
})();
