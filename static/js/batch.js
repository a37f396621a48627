// 批量填报: a row opens where the cursor is; what is typed is saved row by row and kept on this machine until the server
// has it; files go up when chosen, dropped or pasted on a row.
(() => {
  "use strict";
  const form = document.getElementById("batch");
  if (!form) return;
  const WAIT = 1500; // milliseconds after the last key
  const LOW = 40; // characters that never need more lines than an open row has
  const AGAIN = 10000; // milliseconds until a save that failed is tried again
  const token = form.elements.csrfmiddlewaretoken.value;
  const rows = [...form.querySelectorAll(".b-row")];
  const wide = window.matchMedia("(min-width: 768px)");
  const saveState = document.getElementById("save-state");

  const icon = (name) => {
    const sprite = document.querySelector(".house-header use").getAttribute("href").split("#")[0];
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `${sprite}#${name}`);
    svg.append(use);
    return svg;
  };

  // --- one row --------------------------------------------------------------------------------------------------------

  class Row {
    constructor(item) {
      this.item = item;
      this.duty = item.dataset.duty;
      this.number = item.dataset.number;
      this.prefix = `d${this.duty}-`;
      this.fields = [...item.querySelectorAll("[data-field]")].filter((field) => !["version", "held"].includes(field.dataset.field));
      this.text = item.querySelector("textarea[data-field=text]");
      this.version = form.elements[`${this.prefix}version`];
      this.held = item.querySelector("[data-field=held]");
      this.saved = item.querySelector("[data-saved]");
      this.errors = item.querySelector("[data-errors]");
      this.attached = item.querySelector("[data-attached]");
      this.key = `report-${form.dataset.person}-${this.duty}`;
      this.asServed = this.typed(true);
      this.timer = null;
      this.going = null;
      this.listedAt = 0; // when the server listed the evidence that is shown
      this.sent = null; // a link, a removal on its way
      this.link = null; // the field of an address that is not attached yet
      this.isStored = this.version.value !== "0";
      this.conflict = null;
      this.uploads = window.fileUploads({
        list: item.querySelector("[data-uploads]"),
        most: Number(form.dataset.maxBytes),
        address: item.dataset.upload,
        fields: () => ({ csrfmiddlewaretoken: token, file_kind: "", as: "row" }),
        before: () => this.flush(),
        done: (answer) => this.showEvidence(answer),
        changed: () => {
          goOn();
          count();
        },
      });
      this.bind();
    }

    read(field, served) {
      if (field.type === "checkbox") return served ? field.defaultChecked : field.checked;
      return served ? field.defaultValue : field.value;
    }

    typed(served) {
      return Object.fromEntries(this.fields.map((field) => [field.dataset.field, this.read(field, served)]));
    }

    write(values) {
      this.fields.forEach((field) => {
        if (!(field.dataset.field in values)) return;
        if (field.type === "checkbox") field.checked = values[field.dataset.field];
        else field.value = values[field.dataset.field];
      });
      this.grow();
    }

    same(one, other) {
      return this.fields.every(({ dataset }) => `${one[dataset.field] ?? ""}`.trim() === `${other[dataset.field] ?? ""}`.trim());
    }

    bind() {
      const { item } = this;
      item.addEventListener("focusin", () => open(this));
      item.addEventListener("input", (event) => this.fields.includes(event.target) && this.changed());
      item.addEventListener("change", (event) => {
        if (this.fields.includes(event.target)) this.changed();
        if (event.target === this.held) count();
        if (event.target.matches("[data-choose]")) {
          this.uploads.take(event.target.files);
          event.target.value = "";
        }
      });
      item.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.isComposing || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        this.goNext();
      });
      item.addEventListener("paste", (event) => {
        const files = window.pastedFiles(event);
        if (!files.length) return;
        event.preventDefault();
        this.uploads.take(files);
      });
      item.addEventListener("dragover", () => item.classList.add("drop-here"));
      item.addEventListener("dragleave", (event) => item.contains(event.relatedTarget) || item.classList.remove("drop-here"));
      item.addEventListener("drop", (event) => {
        item.classList.remove("drop-here");
        if (event.dataTransfer.files.length) {
          open(this);
          this.uploads.take(event.dataTransfer.files);
        }
      });
      item.addEventListener("click", (event) => {
        const pressed = event.target.closest("button");
        if (!pressed) {
          if (event.target.closest(".b-req a")) return;
          if (!event.target.closest("input, textarea, label, a, summary, select")) this.text.focus();
          return;
        }
        if (pressed.matches("[data-copy]")) this.copyLast();
        else if (pressed.matches("[data-next]")) this.goNext();
        else if (pressed.matches("[data-open-row]")) {
          open(this);
          item.querySelector("[data-choose]").click();
        } else if (pressed.matches("[data-remove]")) {
          event.preventDefault();
          this.remove(pressed.dataset.remove);
        } else if (pressed.matches("[data-from-shelf]")) openShelf(this);
        else if (pressed.matches("[data-add-link]")) this.askLink(pressed);
      });
    }

    goNext() {
      const next = visible().find((row) => row.item.compareDocumentPosition(this.item) & Node.DOCUMENT_POSITION_PRECEDING);
      if (next) next.text.focus();
      else form.querySelector("[name=attested]").focus();
      (next ? next.item : form.querySelector(".action-bar")).scrollIntoView({ block: wide.matches ? "center" : "start" });
    }

    grow() {
      if (!this.text) return;
      const { value } = this.text;
      this.item.querySelector("[data-chars]").textContent = value ? `${value.length}字` : "";
      this.item.classList.toggle("filled", Boolean(value.trim()));
      this.text.style.height = "";
      const mayBeHigh = value.length > LOW || value.includes("\n"); // to measure makes the browser lay out the page
      if (mayBeHigh && this.item.classList.contains("open")) this.text.style.height = `${Math.max(150, this.text.scrollHeight + 2)}px`;
    }

    copyLast() {
      const last = this.item.querySelector("[data-last-text]").content.textContent;
      const own = this.text.value.trim();
      this.text.value = own ? `${own}\n${last}` : last;
      this.text.focus();
      this.changed();
    }

    // --- saving -------------------------------------------------------------------------------------------------------

    restore() {
      const kept = localStorage.getItem(this.key);
      if (!kept || this.errors.children.length) return this.grow(); // a refused row is on the page, and on no server
      const before = JSON.parse(kept);
      if (this.same(before, this.asServed)) {
        localStorage.removeItem(this.key);
        return this.grow();
      }
      this.write(before);
      const isOlder = "version" in before && before.version !== this.version.value;
      if (!isOlder) return this.changed();
      // What was saved elsewhere meanwhile is not overwritten unasked.
      return this.showConflict({ elsewhere: { version: this.version.value, words: this.asServed, by: "" } });
    }

    keep() {
      localStorage.setItem(this.key, JSON.stringify({ ...this.typed(), version: this.version.value }));
    }

    changed() {
      this.grow();
      this.keep();
      this.say("", "待保存");
      count();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.queue(), WAIT);
    }

    queue() {
      this.timer = null;
      const mine = (this.going || Promise.resolve())
        .then(() => this.save())
        .then(() => {
          if (this.going === mine) this.going = null;
        });
      this.going = mine;
      return mine;
    }

    // Save now what is not saved yet, and wait for it.
    async flush() {
      if (this.timer) {
        clearTimeout(this.timer);
        this.queue();
      }
      await this.going;
    }

    later() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.queue(), AGAIN);
    }

    async save() {
      const sent = this.typed();
      const body = new FormData();
      body.append("csrfmiddlewaretoken", token);
      body.append("version", this.version.value);
      this.fields.forEach((field) => {
        if (field.type !== "checkbox") body.append(field.dataset.field, field.value);
        else if (field.checked) body.append(field.dataset.field, "on");
      });
      this.say("busy", "正在保存", "refresh");
      try {
        const response = await fetch(this.item.dataset.autosave, { method: "POST", body, redirect: "manual", headers: { Accept: "application/json" } });
        if (response.type === "opaqueredirect" || response.status === 403) {
          this.refuse("登录已过期，文字已保留在本机。请在新窗口重新登录后继续填写。");
          return this.later();
        }
        const answer = await response.json();
        if (response.status >= 500) {
          this.refuse(`未能保存：${answer.error}文字已保留在本机，稍后会再次保存。`);
          return this.later();
        }
        if (response.status === 409 && answer.elsewhere) return this.showConflict(answer);
        if (!response.ok) return this.refuse(answer.error);
        this.version.value = answer.version;
        this.isStored = true;
        this.refuse("");
        this.say("ok", `已保存 ${new Date().toTimeString().slice(0, 5)}`, "check");
        saveState.textContent = `已自动保存 ${new Date().toTimeString().slice(0, 5)}`;
        if (this.same(sent, this.typed())) localStorage.removeItem(this.key);
        else this.keep();
      } catch {
        this.refuse("暂时连不上服务器，文字已保留在本机，稍后会再次保存。");
        this.later();
      }
      return count();
    }

    say(kind, words, sign) {
      this.saved.className = `saved ${kind}`;
      this.saved.replaceChildren(...(sign ? [icon(sign)] : []), words);
    }

    refuse(sentence) {
      this.errors.replaceChildren();
      this.item.classList.toggle("refused", Boolean(sentence));
      if (!sentence) return;
      const line = document.createElement("p");
      line.className = "field-error";
      line.append(icon("alert-circle"), sentence);
      this.errors.append(line);
      this.say("bad", "未保存", "alert-circle");
      count();
    }

    // Two people at one row: both texts stay, and the person chooses.
    showConflict({ elsewhere }) {
      const { words } = elsewhere;
      this.refuse(`${elsewhere.by}在别处保存了这一件。两边的文字都在，请选择用哪一份：`);
      const text = document.createElement("blockquote");
      text.className = "elsewhere";
      const labels = [["obstacles", "存在问题："], ["next_steps", "下步措施："], ["count", "本次完成数量："], ["open_units_note", "对未办结责任单位的说明："]];
      const more = labels.filter(([name]) => words[name] || words[name] === 0).map(([name, label]) => label + words[name]);
      text.textContent = [words.text || "（没有文字）", ...more, ...(words.claims_completion ? ["申报办结"] : [])].join("\n");
      const join = (name) => {
        const [own, other] = [`${this.typed()[name] ?? ""}`.trim(), words[name]];
        return own && other && own !== other ? `${own}\n${other}` : own || other || "";
      };
      const choose = (word, act) => {
        const made = document.createElement("button");
        made.type = "button";
        made.className = "btn btn-sm";
        made.textContent = word;
        made.addEventListener("click", () => {
          this.version.value = elsewhere.version;
          act();
          this.refuse("");
          this.changed();
        });
        return made;
      };
      const bar = document.createElement("p");
      bar.className = "bar";
      bar.append(
        choose("用我这里的", () => {}),
        choose("用别处保存的", () => this.write({ ...words, count: words.count ?? "" })),
        choose("两份接在一起", () => this.write(Object.fromEntries(["text", "obstacles", "next_steps", "open_units_note"].map((name) => [name, join(name)])))),
      );
      this.errors.append(text, bar);
    }

    // --- evidence -----------------------------------------------------------------------------------------------------

    showEvidence(answer) {
      if (!this.isStored || this.version.value === "0") this.version.value = answer.version;
      this.isStored = true;
      if (answer.at < this.listedAt) return; // of two answers that crossed, the earlier list
      this.listedAt = answer.at;
      this.attached.innerHTML = answer.evidence; // made by the server's template, which escapes titles and names
      const chip = this.item.querySelector("[data-open-row]");
      chip.classList.toggle("has", answer.number > 0);
      chip.replaceChildren(icon(answer.number ? "paperclip" : "plus"), answer.number ? `${answer.number}项` : "拖入或选择");
      if (answer.notice) saveState.textContent = answer.notice;
      if (!this.errors.children.length) this.say("ok", `已保存 ${new Date().toTimeString().slice(0, 5)}`, "check");
      count();
    }

    send(address, values) {
      const mine = this.post(address, values).then((answer) => {
        if (this.sent === mine) this.sent = null;
        return answer;
      });
      this.sent = mine;
      return mine;
    }

    async post(address, values) {
      await this.flush();
      const body = new FormData();
      Object.entries({ csrfmiddlewaretoken: token, as: "row", ...values }).forEach(([name, value]) => body.append(name, value));
      try {
        const response = await fetch(address, { method: "POST", body, redirect: "manual", headers: { Accept: "application/json" } });
        if (response.type === "opaqueredirect" || response.status === 403) return { error: "登录已过期，请在新窗口重新登录后再试。" };
        return await response.json();
      } catch {
        return { error: "暂时连不上服务器，请稍后再试。" };
      }
    }

    isLinking() {
      return Boolean(this.link && this.link.input.value.trim());
    }

    isUnderWay() {
      return Boolean(this.timer || this.going || this.sent || this.uploads.isUnderWay() || this.isLinking());
    }

    // Wait for what is on its way except files, and add an address that was typed and not entered.
    async settle() {
      await this.flush();
      if (this.isLinking()) await this.link.add();
      await this.sent;
    }

    async remove(address) {
      const answer = await this.send(address, {});
      if (answer.error) this.refuse(answer.error);
      else this.showEvidence(answer);
    }

    askLink(pressed) {
      const line = document.createElement("span");
      line.className = "link-line";
      const input = document.createElement("input");
      input.type = "url";
      input.className = "form-control form-sm";
      input.placeholder = "粘贴网页地址，按回车";
      input.setAttribute("aria-label", `第${this.number}项发布链接`);
      const said = document.createElement("small");
      said.className = "late";
      const close = () => {
        this.link = null;
        line.replaceWith(pressed);
      };
      const send = async () => {
        const answer = await this.send(this.item.dataset.links, { url: input.value.trim() });
        if (answer.error) {
          adding = null;
          said.textContent = answer.error;
          return;
        }
        this.showEvidence(answer);
        close();
        if (!held) pressed.focus();
      };
      let adding = null; // Enter takes the cursor away, and so does closing: both would add again
      const add = () => {
        if (!input.value.trim()) return close();
        adding = adding || send();
        return adding;
      };
      this.link = { input, add };
      input.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.isComposing) return;
        event.preventDefault();
        event.stopPropagation();
        add();
      });
      input.addEventListener("blur", add);
      line.append(input, said);
      pressed.replaceWith(line);
      input.focus();
    }
  }

  // --- all rows -------------------------------------------------------------------------------------------------------

  let opened = null;
  const open = (row) => {
    if (opened === row) return;
    if (opened) {
      opened.item.classList.remove("open");
      opened.grow();
    }
    opened = row;
    row.item.classList.add("open");
    row.grow();
  };

  const writable = rows.filter((item) => item.dataset.autosave).map((item) => new Row(item));
  opened = writable.find((row) => row.item.classList.contains("open")) || null; // as the page came
  const rowOf = new Map(writable.map((row) => [row.item, row]));
  const visible = () => writable.filter((row) => !row.item.hidden);

  // A row that was begun goes along unless it is held back or refused; a claim needs evidence.
  const needsEvidence = (row) =>
    row.typed().claims_completion && !row.attached.querySelector("li") && row.uploads.isEmpty();
  const isFilled = (row) => Boolean(row.text.value.trim()) && (row.isStored || !row.same(row.typed(), row.asServed));

  const tabs = form.querySelector("[data-batch-tabs]");
  const stateOf = (item) => {
    const row = rowOf.get(item);
    return row && isFilled(row) ? "draft" : item.dataset.state;
  };
  const countTabs = () =>
    tabs.querySelectorAll("[data-show] b").forEach((number) => {
      const of = number.parentElement.dataset.show;
      number.textContent = rows.filter((item) => !of || stateOf(item) === of).length;
    });

  const count = () => {
    const filled = writable.filter((row) => isFilled(row) && !row.held.checked);
    const bad = filled.filter((row) => needsEvidence(row) || row.uploads.failed() || row.item.classList.contains("refused"));
    filled.filter(needsEvidence).forEach((row) => row.say("bad", "缺佐证材料", "alert-circle"));
    writable.filter((row) => row.uploads.failed()).forEach((row) => row.say("bad", "有文件未传上", "alert-circle"));
    countTabs();
    form.querySelector("[data-filled]").textContent = filled.length;
    form.querySelector("[data-ready]").textContent = filled.length - bad.length;
    const note = form.querySelector("[data-not-ready]");
    note.hidden = !bad.length;
    note.replaceChildren();
    if (!bad.length) return;
    const link = document.createElement("a");
    link.href = `#d${bad[0].duty}`;
    link.textContent = `看第${bad[0].number}项`;
    link.addEventListener("click", () => bad[0].text.focus({ preventScroll: true }));
    note.append(`，其中${bad.length}件还不能报送 `, link);
  };

  // --- sending the form -----------------------------------------------------------------------------------------------

  let held = null; // the button that waits for texts and files on their way
  const isUnderWay = () => writable.some((row) => row.isUnderWay());

  const goOn = () => {
    if (!held || writable.some((row) => row.uploads.isUnderWay())) return;
    const sender = held;
    held = null;
    const stuck = writable.filter((row) => row.uploads.failed() || row.isLinking());
    if (!stuck.length) form.requestSubmit(sender);
    else {
      const what = stuck.some((row) => row.uploads.failed()) ? "文件没有传上去" : "链接没有添加上";
      saveState.textContent = `第${stuck.map((row) => row.number).join("、")}项有${what}，本次没有提交。请重试或移除后再提交。`;
      open(stuck[0]);
      stuck[0].item.scrollIntoView({ block: "center" });
    }
  };

  form.addEventListener(
    "submit",
    (event) => {
      const failed = writable.some((row) => row.uploads.failed());
      if (!isUnderWay() && !failed) {
        // What the server has need not be sent again: the rows stay small however much was written.
        writable
          .filter((row) => row.isStored && !row.timer && !row.errors.children.length && !localStorage.getItem(row.key))
          .forEach((row) => row.fields.forEach((field) => (field.disabled = true)));
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      held = event.submitter;
      saveState.textContent = "正在保存文字和文件，完成后自动提交。";
      Promise.all(writable.map((row) => row.settle())).then(goOn);
    },
    true,
  );
  window.addEventListener("pageshow", () => writable.forEach((row) => row.fields.forEach((field) => (field.disabled = false))));
  window.addEventListener("beforeunload", (event) => {
    if (writable.some((row) => row.uploads.isUnderWay())) event.preventDefault();
  });
  window.addEventListener("pagehide", () => writable.forEach((row) => row.timer && row.queue()));
  ["dragover", "drop"].forEach((name) =>
    document.addEventListener(name, (event) => {
      if ([...event.dataTransfer.types].includes("Files")) event.preventDefault(); // a file must not replace the page
    }),
  );

  // --- which rows are shown -------------------------------------------------------------------------------------------

  const filter = () => {
    const wanted = tabs.querySelector("[aria-pressed=true]").dataset.show;
    const late = tabs.querySelector("[data-only-late]").checked;
    const words = tabs.querySelector("[data-finds-row]").value.trim().split(/\s+/).filter(Boolean);
    rows.forEach((item) => {
      const fits = !wanted || stateOf(item) === wanted;
      item.hidden = !(fits && (!late || "late" in item.dataset) && words.every((word) => item.dataset.name.includes(word)));
    });
  };
  if (tabs) {
    tabs.addEventListener("click", (event) => {
      const pressed = event.target.closest("[data-show]");
      if (!pressed) return;
      tabs.querySelectorAll("[data-show]").forEach((tab) => tab.setAttribute("aria-pressed", String(tab === pressed)));
      filter();
    });
    tabs.addEventListener("input", filter);
    tabs.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.matches("[data-finds-row]")) event.preventDefault();
    });
  }

  // --- what the unit has given already --------------------------------------------------------------------------------

  const openShelf = (row) =>
    window.openShelf({
      token,
      list: "row",
      duties: writable.map((one) => ({ id: one.duty, number: one.number, title: one.item.dataset.name, isChosen: one === row })),
      before: (ids) => Promise.all(writable.filter((one) => ids.includes(one.duty)).map((one) => one.flush())),
      done: (answers) => writable.forEach((one) => answers[one.duty] && one.showEvidence(answers[one.duty])),
    });

  document.querySelector("[data-open-shelf]").addEventListener("click", () => openShelf(opened));

  // --- at the start ---------------------------------------------------------------------------------------------------

  writable.forEach((row) => row.restore());
  count();
  const named = window.location.hash && writable.find((row) => `#d${row.duty}` === window.location.hash);
  const refused = writable.find((row) => row.errors.children.length);
  if (refused) open(refused);
  else if (named) named.text.focus();
  else if (wide.matches && writable.length) writable[0].text.focus({ preventScroll: true });
  document.getElementById("refused")?.focus();
})();
