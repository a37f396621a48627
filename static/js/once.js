// A form is sent once; a step that cannot be undone asks first; signing out leaves no typed text on this machine.
(() => {
  "use strict";
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return; // another behaviour holds it back and sends it later
    const form = event.target;
    const question = event.submitter && event.submitter.dataset.ask;
    if (question && !window.confirm(question)) {
      event.preventDefault();
      return;
    }
    if (form.matches("[data-sign-out]")) {
      Object.keys(localStorage).filter((key) => /^(report|typed)-/.test(key)).forEach((key) => localStorage.removeItem(key));
    }
    if (!form.matches("[data-once]")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
  });
  // What was submitted need not be kept on this machine any more.
  const sent = /^#sent-(\d+)$/.exec(window.location.hash);
  if (sent) {
    localStorage.removeItem(`report-${document.body.dataset.person}-${sent[1]}`);
    window.history.replaceState(null, "", window.location.pathname + window.location.search);
  }
  // Coming back by the back button shows a form that may be sent again.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });
})();
