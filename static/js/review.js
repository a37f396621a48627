// Reports are reviewed one after the other without loading the page anew: the answer, which is the page of the next
// report, takes the place of this one; after the last one the list is loaded. Keys: K and J to the report before and
// after, A to approve, R to return, 1 to 4 to rate. Without this script every step is a page of its own.
(() => {
  "use strict";
  const PARTS = ["main", ".side", ".tab-bar"];
  let busy = false;
  let keptAs = null; // the address under which typed text is kept on this machine (keep-typed.js)
  const say = (what, detail) => document.dispatchEvent(new CustomEvent(what, { detail }));

  const replace = (next) => {
    document.title = next.title;
    PARTS.forEach((part) => {
      const [here, there] = [document.querySelector(part), next.querySelector(part)];
      if (here && there) here.replaceWith(document.adoptNode(there));
      else if (here) here.hidden = true;
    });
    window.scrollTo(0, 0);
    document.querySelector("main").focus({ preventScroll: true });
    begin();
  };

  const go = async (address, request = {}) => {
    if (busy) return;
    busy = true;
    document.querySelector("main").setAttribute("aria-busy", "true");
    try {
      const response = await fetch(address, { credentials: "same-origin", ...request });
      const next = new DOMParser().parseFromString(await response.text(), "text/html");
      const taken = request.method && response.redirected && response.ok && "person" in next.body.dataset;
      window.history.replaceState(null, "", response.redirected || !request.method ? response.url : window.location.href);
      busy = false;
      if (response.ok && !next.querySelector("[data-review]")) {
        if (taken) say("page:shown", { taken: keptAs });
        window.location.assign(response.url); // sign-in, or the list where others have answered the rest
        return;
      }
      if (!next.querySelector("main")) throw new Error(response.status);
      replace(next); // the next report, this one with what was refused, or why it could not be done
      say("page:replaced");
      say("page:shown", { taken: taken && keptAs });
    } catch {
      busy = false;
      document.querySelector("main").removeAttribute("aria-busy");
      document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
      tell("没有办理：网络不通，或者服务器没有答复。填写的内容还在，请稍后再按一次。");
    }
  };

  const tell = (text) => {
    const said = document.createElement("div");
    said.className = "alert alert-error";
    said.setAttribute("role", "alert");
    said.textContent = text;
    document.querySelector(".page-top").after(said);
  };

  const form = () => document.querySelector("[data-decision]");
  const comment = () => form()?.elements.comment;

  const needsReason = (button) => button.dataset.key === "R" && !comment().value.trim();
  const askReason = () => {
    document.querySelector("[data-comment-error]").hidden = false;
    comment().setAttribute("aria-invalid", "true");
    comment().focus();
  };

  document.addEventListener("submit", (event) => {
    if (event.target !== form() || event.defaultPrevented) return;
    const button = event.submitter || form().querySelector("[data-key=A]");
    if (!needsReason(button) && "last" in form().dataset) return; // the list follows, a page of its own
    event.preventDefault();
    delete form().dataset.sent;
    if (needsReason(button)) {
      askReason();
      return;
    }
    keptAs = new URL(form().getAttribute("action"), window.location.href).pathname;
    go(button.getAttribute("formaction") || form().getAttribute("action"), { method: "POST", body: new FormData(form()) });
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-step]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      go(link.href);
    }
    const phrase = event.target.closest("[data-phrase]");
    if (phrase) {
      const typed = comment().value.trim();
      comment().value = typed ? `${typed}\n${phrase.dataset.phrase}` : phrase.dataset.phrase;
      comment().dispatchEvent(new Event("input", { bubbles: true }));
      comment().focus();
    }
  });

  const press = (selector) => document.querySelector(selector)?.click();
  const KEYS = {
    k: () => press("[data-step=before]"),
    j: () => press("[data-step=after]"),
    a: () => press("[data-decision] [data-key=A]"),
    r: () => press("[data-decision] [data-key=R]"),
    1: () => press("#quality-4"),
    2: () => press("#quality-3"),
    3: () => press("#quality-2"),
    4: () => press("#quality-1"),
  };
  const isTyping = (place) =>
    place.matches("textarea, select, [contenteditable], input:not([type=radio]):not([type=checkbox])");

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target === comment()) comment().blur();
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return;
    const act = KEYS[event.key.toLowerCase()];
    if (!act || document.fullscreenElement) return;
    event.preventDefault();
    act();
  });

  const begin = () => {
    if (!form()) return;
    if (!("last" in form().dataset)) form().dataset.fetched = "1";
    form().querySelector("[data-phrases]").hidden = false;
  };
  begin();
})();
