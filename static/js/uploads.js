// Files go up the moment they are chosen, each with its own progress and its own refusal; two at a time on a page.
(() => {
  "use strict";
  const AT_ONCE = 2; // files on their way at the same time
  const waiting = [];
  let going = 0;

  const next = () => {
    while (going < AT_ONCE && waiting.length) {
      going += 1;
      const send = waiting.shift();
      send().finally(() => {
        going -= 1;
        next();
      });
    }
  };

  const button = (text, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-sm";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  };

  // Send one file; `told` hears of its progress. Resolves to the answer, rejects with {sentence, mayRetry}.
  const post = (address, body, told) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", address);
      request.setRequestHeader("Accept", "application/json");
      request.upload.addEventListener("progress", (event) => event.lengthComputable && told((100 * event.loaded) / event.total));
      request.addEventListener("loadend", () => {
        if (request.status === 0) return reject({ sentence: "网络中断，文件没有传完。", mayRetry: true });
        const isAnswer = (request.getResponseHeader("Content-Type") || "").includes("json");
        if (!isAnswer) {
          const expired = request.status === 403 || request.responseURL.includes("/sign-in") || request.status === 200;
          const sentence = expired ? "登录已过期，请在新窗口重新登录后重试。" : `服务器没有收下（${request.status}），请稍后重试。`;
          return reject({ sentence, mayRetry: true });
        }
        const answer = JSON.parse(request.responseText);
        if (request.status < 400) return resolve(answer);
        return reject({ sentence: answer.error, mayRetry: request.status >= 500 || request.status === 429 });
      });
      request.send(body);
    });

  // The files of one report. `list` shows those on their way, `most` is the largest size in bytes, `address()` takes
  // them, `fields()` are sent along, `before()` is waited for, `done(answer)` shows what is attached now, `changed()`
  // hears that a file arrived, was refused or was taken out.
  window.fileUploads = ({ list, most, address, fields, before, done, changed }) => {
    const files = new Set(); // every file that is not attached yet

    const line = (file) => {
      const item = document.createElement("li");
      const name = document.createElement("span");
      name.className = "name";
      name.textContent = file.name;
      const bar = document.createElement("progress");
      bar.max = 100;
      bar.value = 0;
      bar.setAttribute("aria-label", `${file.name}的上传进度`);
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

    const drop = (upload) => {
      const picture = upload.item.querySelector("img");
      if (picture) URL.revokeObjectURL(picture.src);
      upload.item.remove();
      files.delete(upload);
      changed();
    };

    const refuse = (upload, { sentence, mayRetry }) => {
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
      changed();
    };

    const send = async (upload) => {
      await before(); // the draft that the file belongs to exists first
      const body = new FormData();
      Object.entries({ ...fields() }).forEach(([name, value]) => body.append(name, value));
      body.append("files", upload.file);
      try {
        const answer = await post(address, body, (percent) => {
          upload.bar.value = percent;
          upload.state.textContent = percent < 100 ? `已上传${Math.floor(percent)}%` : "已传到，正在检查";
        });
        done(answer);
        drop(upload);
      } catch (refusal) {
        if (!refusal.sentence) throw refusal;
        refuse(upload, refusal);
      }
    };

    const enqueue = (upload) => {
      upload.bar.value = 0;
      upload.state.textContent = "等待上传";
      waiting.push(() => send(upload));
      next();
    };

    return {
      take: (chosen) =>
        [...chosen].forEach((file) => {
          const upload = line(file);
          files.add(upload);
          const tooLarge = `文件超过${Math.floor(most / 1048576)} MB，没有上传。请压缩或拆分后再选。`;
          if (file.size > most) refuse(upload, { sentence: tooLarge, mayRetry: false });
          else enqueue(upload);
        }),
      isUnderWay: () => [...files].some((upload) => !upload.failed),
      failed: () => [...files].filter((upload) => upload.failed).length,
      isEmpty: () => !files.size,
    };
  };

  // What the clipboard brings as a file; a screenshot, which has no name, is named after the time.
  window.pastedFiles = (event) => {
    const now = new Date().toLocaleString("sv").replaceAll(":", "").replace(" ", "-");
    return [...event.clipboardData.files].map((file) =>
      file.name === "image.png" ? new File([file], `截图${now}.png`, { type: file.type }) : file,
    );
  };
})();
