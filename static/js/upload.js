// Evidence goes up the moment it is chosen, dropped or pasted. Whatever sends the form waits for the files on their way,
// and is held back by those that did not arrive.
(() => {
  "use strict";
  const form = document.querySelector("form[data-draft]");
  const place = form.querySelector("[data-upload]");
  const list = document.getElementById("uploads");
  const attached = document.getElementById("attached");
  const told = document.getElementById("upload-notice");
  const input = form.elements.files;
  let held = null; // the button that waits for the files

  document.querySelectorAll("#evidence [data-scripted]").forEach((hint) => (hint.hidden = false));
  place.querySelector("button[value=attach]").hidden = true;

  const goOn = () => {
    if (!held || uploads.isUnderWay()) return;
    const sender = held;
    held = null;
    if (uploads.failed()) tell();
    else form.requestSubmit(sender.submitter);
  };

  let listedAt = 0; // when the server listed the evidence that is shown
  const show = (answer) => {
    if (form.elements.version.value === "0") form.elements.version.value = answer.version;
    if (answer.at < listedAt) return; // of two answers that crossed, the earlier list
    listedAt = answer.at;
    attached.innerHTML = answer.evidence; // made by the server's template, which escapes titles and names
    told.textContent = answer.notice;
    told.hidden = !answer.notice;
  };

  const uploads = window.fileUploads({
    list,
    most: Number(place.dataset.maxBytes),
    address: place.dataset.upload,
    fields: () => ({
      csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value,
      file_kind: form.elements.file_kind.value,
      file_dated_on: form.elements.file_dated_on.value,
    }),
    before: () => form.saveDraft(),
    done: show,
    changed: goOn,
  });

  const tell = () => {
    const note = document.getElementById("not-uploaded") || document.createElement("p");
    note.id = "not-uploaded";
    note.className = "alert alert-warning";
    note.setAttribute("role", "alert");
    note.textContent = `有${uploads.failed()}个文件没有传上去，本次没有提交。请在上面重试或移除后再提交。`;
    list.after(note);
    list.scrollIntoView({ block: "center" });
  };

  form.addEventListener(
    "submit",
    (event) => {
      if (event.submitter?.value === "discard" || uploads.isEmpty()) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (uploads.isUnderWay()) {
        held = { submitter: event.submitter };
        document.getElementById("save-state").textContent = "文件正在上传，传完后自动提交。";
      } else tell();
    },
    true,
  );
  window.addEventListener("beforeunload", (event) => {
    if (uploads.isUnderWay()) event.preventDefault();
  });

  const again = document.querySelector("[data-open-shelf]");
  again.addEventListener("click", () =>
    window.openShelf({
      token: form.elements.csrfmiddlewaretoken.value,
      list: "form",
      duties: [{ id: again.dataset.duty, number: again.dataset.number, title: "", isChosen: true }],
      before: () => form.saveDraft(),
      done: (answers) => Object.values(answers).forEach(show),
    }),
  );

  // --- the three ways to choose -----------------------------------------------------------------------------------

  const takeChosen = () => {
    uploads.take(input.files);
    input.value = "";
  };
  input.addEventListener("change", takeChosen);
  const card = document.getElementById("evidence");
  const brings = (event) => [...event.dataTransfer.types].includes("Files");
  ["dragenter", "dragover"].forEach((name) =>
    document.addEventListener(name, (event) => {
      if (!brings(event)) return;
      event.preventDefault(); // a file dropped beside the card must not replace the page
      card.classList.add("drop-here");
    }),
  );
  document.addEventListener("dragleave", (event) => !event.relatedTarget && card.classList.remove("drop-here"));
  document.addEventListener("drop", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    card.classList.remove("drop-here");
    uploads.take(event.dataTransfer.files);
  });
  document.addEventListener("paste", (event) => {
    const files = window.pastedFiles(event);
    if (!files.length) return;
    event.preventDefault();
    uploads.take(files);
  });
  // Going back shows a page whose file field may still hold files that were chosen before the script was there.
  if (input.files.length) takeChosen();
})();
