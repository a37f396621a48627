// What is typed is saved as a draft while it is typed, and kept on this machine until the server has it:
// a lost session, a closed window or a refused upload loses no text.
(() => {
  "use strict";
  const form = document.querySelector("form[data-draft]");
  const state = document.getElementById("save-state");
  const kept = document.getElementById("kept");
  const key = form.dataset.keep;
  const FIELDS = ["text", "obstacles", "next_steps", "count", "claims_completion", "open_units_note"];
  const WAIT = 1500; // milliseconds after the last key
  const AGAIN = 10000; // milliseconds until a save that failed is tried again
  const fields = () => FIELDS.map((name) => form.elements[name]).filter(Boolean);
  const read = (field) => {
    if (field.type === "checkbox") return field.checked;
    return field.type === "number" && field.value ? String(Number(field.value)) : field.value;
  };
  const write = (field, value) => {
    if (field.type === "checkbox") field.checked = value;
    else field.value = value;
  };
  const typed = () => Object.fromEntries(fields().map((field) => [field.name, read(field)]));
  const same = (one, other) => fields().every(({ name }) => cleaned(one[name]) === cleaned(other[name]));
  // What the page came with: somebody may have typed before this script was there.
  const asServed = Object.fromEntries(
    fields().map((field) => [field.name, field.type === "checkbox" ? field.defaultChecked : field.defaultValue]),
  );
  let timer = null;
  let going = null; // the autosave under way

  const keepHere = () => localStorage.setItem(key, JSON.stringify(typed()));

  const restore = () => {
    const text = localStorage.getItem(key);
    if (!text) return;
    const before = JSON.parse(text);
    if (same(before, asServed) || form.querySelector(".errorlist")) return;
    fields().forEach((field) => field.name in before && write(field, before[field.name]));
    kept.hidden = false;
    kept.querySelector("button").addEventListener("click", () => {
      fields().forEach((field) => write(field, asServed[field.name]));
      kept.hidden = true;
      changed();
    });
  };

  const save = async () => {
    const sent = typed();
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.append("version", form.elements.version.value);
    fields().forEach((field) => {
      if (field.type !== "checkbox") body.append(field.name, field.value);
      else if (field.checked) body.append(field.name, "on");
    });
    try {
      const response = await fetch(form.dataset.draft, {
        method: "POST",
        body,
        redirect: "manual",
        headers: { Accept: "application/json" },
      });
      if (response.type === "opaqueredirect" || response.status === 403) {
        state.textContent = "登录已过期，文字已保留在本机。请重新登录后继续填写。";
        return;
      }
      const answer = await response.json();
      if (response.status >= 500) {
        state.textContent = `未能自动保存：${answer.error}文字已保留在本机，稍后会再次保存。`;
        later();
        return;
      }
      if (!response.ok) {
        state.textContent = `未能自动保存：${answer.error}`;
        return;
      }
      form.elements.version.value = answer.version;
      state.textContent = answer.saved;
      if (same(sent, typed())) localStorage.removeItem(key);
    } catch {
      state.textContent = "暂时连不上服务器，文字已保留在本机，稍后会再次保存。";
      later();
    }
  };

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(queue, AGAIN);
  };

  const queue = () => {
    timer = null;
    const mine = (going || Promise.resolve()).then(save).then(() => {
      if (going === mine) going = null;
    });
    going = mine;
  };

  // Save now where something is not saved yet, and wait for it; `upload.js` asks for it.
  form.saveDraft = async () => {
    if (form.elements.version.value === "0" || timer) {
      clearTimeout(timer);
      timer = null;
      if (!going) queue();
    }
    await going;
  };

  const changed = () => {
    keepHere();
    clearTimeout(timer);
    timer = setTimeout(queue, WAIT);
  };

  form.addEventListener("input", (event) => {
    if (FIELDS.includes(event.target.name)) changed();
  });
  // A button waits for the autosave under way, so that both speak of the same version.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    // What replaces the text waits, once, until it is saved: what is still kept here would be filled in again.
    if (timer && event.submitter?.dataset.replaces === "") {
      event.submitter.dataset.replaces = "saved";
      queue();
    }
    if (!going) return;
    event.preventDefault();
    going.then(() => form.requestSubmit(event.submitter));
  });
  restore();
  form.querySelector("[aria-invalid=true]")?.focus(); // of what was refused, the first
  if (!same(typed(), asServed)) changed();
})();
