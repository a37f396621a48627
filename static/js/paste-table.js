// A table pasted from Word, WPS or Excel into a text keeps its columns: a line a row, a tab between cells, and the page
// that shows the text draws a table (core/web/prose.py). A cell with several lines becomes one; merged cells leave their
// place empty. Pasted text never goes up as the picture that Office puts beside it on the clipboard.
(() => {
  "use strict";
  const BLOCKS = "p,div,li,h1,h2,h3,h4,h5,h6,tr,blockquote,pre";
  const EMPTY = "—"; // the server takes off spaces and tabs at the beginning of a text
  const plain = (text) => text.replace(/[\s\u00a0]+/g, " ").trim();

  const inOneLine = (cell) => {
    cell.querySelectorAll("br").forEach((br) => br.replaceWith(" "));
    cell.querySelectorAll(BLOCKS).forEach((block) => block.append(" "));
    return plain(cell.textContent);
  };

  const rowsOf = (table) => {
    const rows = [];
    [...table.rows].forEach((row, y) => {
      rows[y] = rows[y] || [];
      let x = 0;
      [...row.cells].forEach((cell) => {
        while (rows[y][x] !== undefined) x += 1;
        const wide = Math.min(cell.colSpan || 1, 100);
        const high = Math.min(cell.rowSpan || 1, table.rows.length - y);
        for (let down = 0; down < high; down += 1) {
          rows[y + down] = rows[y + down] || [];
          for (let right = 0; right < wide; right += 1) rows[y + down][x + right] = "";
        }
        rows[y][x] = inOneLine(cell);
        x += wide;
      });
    });
    return rows.map((row) => Array.from(row, (text) => text || "")).filter((row) => row.some(Boolean));
  };

  const linesOf = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return plain(node.textContent) ? [plain(node.textContent)] : [];
    if (node.nodeType !== Node.ELEMENT_NODE || /^(STYLE|SCRIPT|TITLE|META|LINK|HEAD)$/.test(node.tagName)) return [];
    if (node.tagName === "TABLE") {
      const rows = rowsOf(node);
      if (rows.length && !rows[0][0]) rows[0][0] = EMPTY;
      return rows.map((row) => row.join("\t"));
    }
    if (!node.querySelector("table")) return inOneLine(node) ? [inOneLine(node)] : [];
    return [...node.childNodes].flatMap(linesOf);
  };

  const tableIn = (html) => {
    if (!/<table[\s>]/i.test(html)) return "";
    const page = new DOMParser().parseFromString(html, "text/html");
    const cells = page.querySelectorAll("td, th");
    return cells.length > 1 ? linesOf(page.body).join("\n") : "";
  };

  const put = (field, text) => {
    const [start, end] = [field.selectionStart, field.selectionEnd];
    const before = start && !/\n$/.test(field.value.slice(0, start)) ? "\n" : "";
    const after = end < field.value.length && !/^\n/.test(field.value.slice(end)) ? "\n" : "";
    const whole = `${before}${text}${after}`;
    field.focus();
    if (document.execCommand("insertText", false, whole)) return; // can be undone by Ctrl+Z
    field.setRangeText(whole, start, end, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };

  document.addEventListener(
    "paste",
    (event) => {
      const field = event.target;
      if (!(field instanceof HTMLTextAreaElement) || field.readOnly || field.disabled || !event.clipboardData) return;
      const table = tableIn(event.clipboardData.getData("text/html"));
      if (table) {
        event.preventDefault();
        event.stopPropagation();
        put(field, table);
      } else if (event.clipboardData.files.length && event.clipboardData.getData("text/plain").trim()) {
        event.stopPropagation(); // the text is what was meant; the browser pastes it
      }
    },
    true,
  );
})();
