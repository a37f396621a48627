// What the unit has given already is chosen for one duty or for several, without a second upload.
(() => {
  "use strict";
  const shelf = document.getElementById("shelf");
  if (!shelf) return;

  // `duties` are those on offer ({id, number, title, isChosen}), `list` how the answer lists evidence; `before(ids)` is
  // waited for, `done(answers)` shows what is attached now, by duty.
  window.openShelf = async ({ token, list, duties, before, done }) => {
    const response = await fetch(shelf.dataset.address, { headers: { Accept: "text/html" } });
    if (!response.ok || response.redirected) {
      window.alert("没有打开已传材料，请重新登录后再试。");
      return;
    }
    shelf.innerHTML = await response.text(); // made by the server's template, which escapes titles and names
    const button = shelf.querySelector("[data-attach-again]");
    if (button) prepare({ token, list, duties, before, done }, button);
    shelf.showModal();
  };

  const prepare = (use, button) => {
    const choice = shelf.querySelector("[data-shelf-rows]");
    const chosen = use.duties.find((duty) => duty.isChosen);
    const several = use.duties.length > 1;
    shelf.querySelector("[data-shelf-for]").textContent = chosen
      ? `勾选后添加到第${chosen.number}项，不用重新上传${several ? "；也可以同时用于别的事项" : ""}。`
      : "勾选材料和事项，一份材料可以同时用于几件，不用重新上传。";
    choice.hidden = !several;
    choice.querySelector(".shelf-numbers").replaceChildren(
      ...use.duties.map((duty) => {
        const label = document.createElement("label");
        const box = document.createElement("input");
        box.type = "checkbox";
        box.className = "form-check-input";
        box.value = duty.id;
        box.checked = duty.isChosen;
        label.title = duty.title;
        label.append(box, duty.number);
        return label;
      }),
    );
    const find = shelf.querySelector("[data-find-item]");
    find.addEventListener("input", () =>
      shelf.querySelectorAll("li[data-name]").forEach((item) => (item.hidden = !item.dataset.name.includes(find.value.trim()))),
    );
    button.addEventListener("click", () => attach(use, choice));
  };

  const attach = async (use, choice) => {
    const said = shelf.querySelector("[data-shelf-error]");
    const tell = (sentence) => {
      said.textContent = sentence;
      said.hidden = !sentence;
    };
    const items = [...shelf.querySelectorAll("[name=item]:checked")].map((box) => box.value);
    const duties = [...choice.querySelectorAll("input:checked")].map((box) => box.value);
    if (!items.length || !duties.length) return tell(items.length ? "请勾选用于哪些事项。" : "请勾选材料。");
    await use.before(duties);
    const body = new FormData();
    body.append("csrfmiddlewaretoken", use.token);
    body.append("as", use.list);
    items.forEach((item) => body.append("item", item));
    duties.forEach((duty) => body.append("duty", duty));
    const response = await fetch(shelf.dataset.attach, { method: "POST", body, redirect: "manual", headers: { Accept: "application/json" } });
    if (!response.ok) return tell("没有添加成功，请重新登录后再试。");
    const answer = await response.json();
    use.done(answer.duties);
    if (answer.refused.length) return tell(answer.refused.join("；"));
    return shelf.close();
  };
})();
