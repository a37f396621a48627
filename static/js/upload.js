// Evidence goes up the moment it is chosen, dropped or pasted, each file with its own progress and its own refusal.
// Whatever sends the form waits for the files on their way, and is held back by those that did not arrive.
(() => {
  "use strict";
  const form = document.querySelector("form[data-draft]");
  const place = form.querySelector("[data-upload]");
  const list = document.getElementById("uploads");
  const attached = document.getElementById("attached");
  const told = document.getElementById("upload-notice");
  const input = form.elements.files;
  const MOST = Number(place.dataset.maxBytes);
  const AT_ONCE = 2; // files on their way at the same time
  const waiting = [];
  const uploads = new Set(); // every file that is not attached yet
  let going = 0;
  let held = null; // the button that waits for the files

  place.querySelectorAll("[data-scripted]").forEach((hint) => (hint.hidden = false));
  place.querySelector("button[value=attach]").hidden = true;

  const line = (file) => {
    const item = document.createElement("li");
    const name = document.createElement("span");
    name.className = "name";
    name.textContent = file.name;
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.value = 0;
    const state = document.createElement("small");
    state.textContent = "等待上传";
    if (file.type.startsWith("image/")) {
      const thumbnail = document.createElement("img");
      thumbnail.alt = "";
      thumbnail.src = URL.createObjectURL(file);
      item.append(thumbnail);
    }
    item.append(name, bar, state);
    list.append(item);
    return { file, item, bar, state, failed: false };
  };

  const button = (text, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-sm";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  };

  const drop = (upload) => {
    const picture = upload.item.querySelector("img");
    if (picture) URL.revokeObjectURL(picture.src);
    upload.item.remove();
    uploads.delete(upload);
    goOn();
  };

  const refuse = (upload, sentence, mayRetry) => {
    upload.failed = true;
    upload.item.classList.add("refused");
    upload.state.textContent = sentence;
    upload.bar.hidden = true;
    const again = button("重试", () => {
      again.remove();
      away.remove();
      upload.item.classList.remove("refused");
      upload.failed = false;
      upload.bar.hidden = false;
      enqueue(upload);
    });
    const away = button("移除", () => drop(upload));
    if (mayRetry) upload.item.append(again);
    upload.item.append(away);
  };

  const enqueue = (upload) => {
    upload.bar.value = 0;
    upload.state.textContent = "等待上传";
    waiting.push(upload);
    next();
  };

  const next = () => {
    while (going < AT_ONCE && waiting.length) {
      going += 1;
      send(waiting.shift());
    }
  };

  const send = async (upload) => {
    await form.saveDraft(); // the draft that the file belongs to exists first
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.append("files", upload.file);
    body.append("file_kind", form.elements.file_kind.value);
    body.append("file_dated_on", form.elements.file_dated_on.value);
    const request = new XMLHttpRequest();
    request.open("POST", place.dataset.upload);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      upload.bar.value = (100 * event.loaded) / event.total;
      upload.state.textContent = event.loaded < event.total ? `已上传${Math.floor(upload.bar.value)}%` : "已传到，正在检查";
    });
    request.addEventListener("loadend", () => {
      finish(upload, request);
      going -= 1;
      next();
      goOn();
    });
    request.send(body);
  };

  const finish = (upload, request) => {
    if (request.status === 0) return refuse(upload, "网络中断，文件没有传完。", true);
    const isAnswer = (request.getResponseHeader("Content-Type") || "").includes("json");
    if (!isAnswer) {
      const expired = request.status === 403 || request.responseURL.includes("/sign-in") || request.status === 200;
      return refuse(upload, expired ? "登录已过期，请在新窗口重新登录后重试。" : `服务器没有收下（${request.status}），请稍后重试。`, true);
    }
    const answer = JSON.parse(request.responseText);
    if (request.status >= 400) return refuse(upload, answer.error, request.status >= 500 || request.status === 429);
    if (form.elements.version.value === "0") form.elements.version.value = answer.version;
    attached.innerHTML = answer.evidence; // made by the server's template, which escapes titles and names
    told.textContent = answer.notice;
    told.hidden = !answer.notice;
    drop(upload);
  };

  const take = (files) => {
    [...files].forEach((file) => {
      const upload = line(file);
      uploads.add(upload);
      if (file.size > MOST) refuse(upload, `文件超过${Math.floor(MOST / 1048576)} MB，没有上传。请压缩或拆分后再选。`, false);
      else enqueue(upload);
    });
  };

  // --- what holds the form back -----------------------------------------------------------------------------------

  const failed = () => [...uploads].filter((upload) => upload.failed);

  const goOn = () => {
    if (!held || going || waiting.length) return;
    const sender = held;
    held = null;
    if (failed().length) tell();
    else form.requestSubmit(sender.submitter);
  };

  const tell = () => {
    const note = document.getElementById("not-uploaded") || document.createElement("p");
    note.id = "not-uploaded";
    note.className = "alert alert-warning";
    note.setAttribute("role", "alert");
    note.textContent = `有${failed().length}个文件没有传上去，本次没有提交。请在上面重试或移除后再提交。`;
    list.after(note);
    list.scrollIntoView({ block: "center" });
  };

  form.addEventListener(
    "submit",
    (event) => {
      if (event.submitter?.value === "discard" || !uploads.size) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (going || waiting.length) {
        held = { submitter: event.submitter };
        document.getElementById("save-state").textContent = "文件正在上传，传完后自动提交。";
      } else tell();
    },
    true,
  );
  window.addEventListener("beforeunload", (event) => {
    if (going || waiting.length) event.preventDefault();
  });

  // --- the three ways to choose -----------------------------------------------------------------------------------

  input.addEventListener("change", () => {
    take(input.files);
    input.value = "";
  });
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
    take(event.dataTransfer.files);
  });
  document.addEventListener("paste", (event) => {
    const files = [...event.clipboardData.files];
    if (!files.length) return;
    event.preventDefault();
    const now = new Date().toLocaleString("sv").replaceAll(":", "").replace(" ", "-");
    take(files.map((file) => (file.name === "image.png" ? new File([file], `截图${now}.png`, { type: file.type }) : file)));
  });
  // Going back shows a page whose file field may still hold files that were chosen before the script was there.
  if (input.files.length) {
    take(input.files);
    input.value = "";
  }
})();
