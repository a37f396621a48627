// What is typed into a form with prose stays on this machine until the server has taken it: a session that ran out,
// a closed window or an outage loses no text. The forms of reports have their own ways (draft.js, batch.js).
(() => {
  "use strict";
  const ALL = "typed-";
  const KEPT_FOR = 7 * 24 * 3600 * 1000; // milliseconds
  const FIELDS = "textarea, input[type=text], input[type=date], input[type=number], input[type=url], input[type=email], input[type=tel]";
  const entries = (prefix) => Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  const read = (key) => JSON.parse(localStorage.getItem(key));
  const write = (key, entry) => localStorage.setItem(key, JSON.stringify(entry));

  const person = document.body.dataset.person;
  if (!person) {
    // The server asks to sign in first: what was sent did not arrive.
    entries(ALL).forEach((key) => write(key, { ...read(key), sent: false }));
    return;
  }

  const mine = `${ALL}${person}-`;
  const keyOf = (form) => mine + new URL(form.getAttribute("action") || "", window.location.href).pathname;
  const fields = (form) => [...form.querySelectorAll(FIELDS)].filter((field) => field.name);
  const typed = (form) => Object.fromEntries(fields(form).map((field) => [field.name, field.value]));
  const differs = (form, values) =>
    fields(form).some((field) => field.name in values && cleaned(values[field.name]) !== cleaned(field.defaultValue));

  // A page that follows the form's own without trouble tells that the server has taken it.
  const loaded = performance.getEntriesByType("navigation")[0];
  const trouble = loaded?.responseStatus >= 400 || document.querySelector("[data-trouble], form .errorlist");
  const followed = loaded?.type === "navigate" && document.referrer;
  entries(mine).forEach((key) => {
    const entry = read(key);
    const taken = entry.sent && !trouble && followed === entry.from;
    if (taken || Date.now() - entry.at > KEPT_FOR) localStorage.removeItem(key);
    else if (entry.sent) write(key, { ...entry, sent: false });
  });

  const restore = (form) => {
    const key = keyOf(form);
    const entry = localStorage.getItem(key) && read(key);
    if (!entry || form.querySelector(".errorlist") || !differs(form, entry.values)) return;
    fields(form).forEach((field) => {
      if (field.name in entry.values) field.value = entry.values[field.name];
    });
    form.closest("details")?.setAttribute("open", "");
    tell(form, key);
  };

  const tell = (form, key) => {
    const note = document.createElement("p");
    note.className = "alert alert-info kept-note";
    note.setAttribute("role", "status");
    note.append("已恢复上次填写但没有提交成功的内容。 ");
    const clear = document.createElement("button");
    clear.type = "button";
    clear.className = "btn btn-sm";
    clear.textContent = "清除";
    clear.addEventListener("click", () => {
      fields(form).forEach((field) => {
        field.value = field.defaultValue;
      });
      localStorage.removeItem(key);
      note.remove();
    });
    note.append(clear);
    form.prepend(note);
  };

  const keep = (form, sent) =>
    write(keyOf(form), { values: typed(form), sent, from: window.location.href, at: Date.now() });

  const watch = () =>
    document.querySelectorAll("form[method=post]:not([data-draft]):not([data-kept-by-row]):not([hx-post])").forEach((form) => {
      if ((!form.querySelector("textarea") && !("keep" in form.dataset)) || form.dataset.watched) return;
      form.dataset.watched = "1";
      restore(form);
      form.addEventListener("input", () => keep(form, false));
      form.addEventListener("submit", () => differs(form, typed(form)) && keep(form, !form.dataset.fetched));
    });
  watch();
  // A page that was fetched into this one says by itself which form the server has taken.
  document.addEventListener("page:shown", (event) => {
    if (event.detail?.taken) localStorage.removeItem(mine + event.detail.taken);
    watch();
  });
})();
