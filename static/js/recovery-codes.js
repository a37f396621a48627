// Recovery codes are copied, printed or saved from the page that shows them once; the server keeps none of it.
(() => {
  "use strict";
  const list = document.querySelector("[data-codes]");
  const place = document.querySelector("[data-codes-do]");
  if (!list || !place) return;
  const told = place.querySelector("[data-codes-told]");
  const codes = () => [...list.querySelectorAll("code")].map((code) => code.textContent.trim());
  const name = list.dataset.codes;
  const now = () => new Date().toLocaleString("sv").slice(0, 16);
  place.hidden = false;

  const copied = async (text) => {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text);
      return true;
    }
    const field = document.createElement("textarea"); // pages over plain HTTP have no clipboard
    field.value = text;
    field.className = "visually-hidden";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  };

  place.querySelector("[data-codes-copy]").addEventListener("click", async () => {
    const done = await copied(codes().join("\n")).catch(() => false);
    told.textContent = done ? "已复制，请粘贴到妥善的地方保存。" : "没有复制成功，请选中恢复码后按 Ctrl+C。";
    if (!done) window.getSelection().selectAllChildren(list);
  });

  place.querySelector("[data-codes-print]").addEventListener("click", () => window.print());

  place.querySelector("[data-codes-save]").addEventListener("click", () => {
    const text = [
      `${name} 的恢复码（政务公开任务督办）`,
      `生成于 ${now()}。每个只能用一次，请妥善保管。`,
      "",
      ...codes(),
      "",
    ].join("\r\n");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/plain;charset=utf-8" }));
    link.download = `恢复码-${name}.txt`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    told.textContent = "已下载，请移到妥善的地方保存。";
  });
})();
