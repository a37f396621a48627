// A stock phrase is taken into the box with a click; a grade brings its own text and day where nothing was typed.
// Whatever changes is shown at once as the units will read it.
(() => {
  "use strict";
  const box = document.getElementById("id_text");
  const day = document.getElementById("id_answer_by");
  if (!box) return;
  const grades = [...document.querySelectorAll("input[name=grade]")];
  const phrases = [...document.querySelectorAll("[data-phrase-for]")];
  const offered = new Set([...grades.map((one) => one.dataset.text), ...phrases.map((one) => one.textContent), box.value, ""]);
  let waiting;

  const show = () => document.body.dispatchEvent(new CustomEvent("words-changed", { bubbles: true }));
  const changed = () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 400);
  };
  const put = (text) => {
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };

  phrases.forEach((button) => {
    button.hidden = false;
    button.nextElementSibling.remove();
    button.addEventListener("click", () => {
      const typed = box.value.trim();
      put(typed && !offered.has(typed) ? `${typed}\n${button.textContent}` : button.textContent);
      box.focus();
    });
  });
  const days = new Set(grades.map((one) => one.dataset.answerBy));
  grades.forEach((one) =>
    one.addEventListener("change", () => {
      if (day && (!day.value || days.has(day.value))) day.value = one.dataset.answerBy;
      if (one.dataset.text && offered.has(box.value.trim())) put(one.dataset.text);
      changed();
    }),
  );
  box.addEventListener("input", changed);
  if (day) day.addEventListener("change", changed);
})();
