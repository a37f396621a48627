// The matrix is one stop of the tab key; arrows move inside it, Enter or a click opens a cell beside the table.
(() => {
  "use strict";
  const table = () => document.querySelector("[data-matrix]");
  const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-10, 0], PageDown: [10, 0] };
  let rows = []; // without the lines that name a part
  let current = null;

  const inside = (cell) => cell.querySelector("a, button") || cell;
  const isDuty = (cell) => cell.matches("tbody td[class]:not(.sum)");
  const cellOf = (target) => target.closest("[data-matrix] td, [data-matrix] th");

  const mark = (cell) => {
    if (current) inside(current).tabIndex = -1;
    current = cell;
    inside(cell).tabIndex = 0;
  };

  const start = () => {
    if (!table()) return;
    table().setAttribute("role", "grid");
    rows = [...table().rows].filter((row) => !row.matches(".part"));
    table().querySelectorAll("a, button").forEach((link) => {
      link.tabIndex = -1;
    });
    current = null;
    mark(table().querySelector("tbody td[class]:not(.sum)") || rows[0].cells[0]);
    document.querySelector(".matrix-keys").hidden = false;
  };

  const describe = (cell) => {
    if (cell.title || !isDuty(cell)) return;
    const unit = rows[0].cells[cell.cellIndex].textContent;
    cell.title = `第${parseInt(cell.parentElement.cells[0].textContent, 10)}项 ${unit}：${cell.textContent.trim()}`;
  };

  const at = (row, column) => rows[row] && rows[row].cells[column];

  const beyond = (row, column, [down, right]) => {
    let last = null;
    for (let cell = at(row + down, column + right); cell; cell = at(row += down, column += right)) {
      last = cell;
      if (isDuty(cell)) return cell;
    }
    return last;
  };

  const next = (event, cell) => {
    const row = rows.indexOf(cell.parentElement);
    const column = cell.cellIndex;
    const end = cell.parentElement.cells.length - 1;
    if (event.key === "Home") return at(event.ctrlKey ? 0 : row, 0);
    if (event.key === "End") return at(event.ctrlKey ? rows.length - 1 : row, end);
    const step = STEPS[event.key];
    if (!step) return null;
    if (event.ctrlKey && Math.abs(step[0] + step[1]) === 1) return beyond(row, column, step);
    const [down, right] = step;
    const clamp = (number, most) => Math.max(0, Math.min(most, number));
    return at(clamp(row + down, rows.length - 1), clamp(column + right, end));
  };

  // The panel stands beside the table: a modal one would make the browser go through all cells twice.
  const panel = document.getElementById("matrix-panel");

  const close = () => {
    panel.close();
    if (current) inside(current).focus({ preventScroll: true });
  };

  const open = (cell) => {
    const place = document.getElementById("matrix-duty");
    const unit = rows[0].cells[cell.cellIndex].dataset.u;
    const address = `${table().dataset.matrix}${cell.parentElement.dataset.t}/${unit}/${table().dataset.query}`;
    const waiting = document.createElement("p");
    waiting.textContent = "正在读取…";
    place.replaceChildren(waiting);
    mark(cell);
    if (!panel.open) panel.show();
    panel.querySelector("button").focus({ preventScroll: true });
    const failed = () => {
      if (waiting.isConnected) waiting.textContent = "未能读取，请稍后再试。";
    };
    window.htmx.ajax("GET", address, { target: "#matrix-duty", swap: "innerHTML" }).then(failed, failed);
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel.open) close();
    const cell = cellOf(event.target);
    if (!cell || event.altKey || event.metaKey) return;
    if ((event.key === "Enter" || event.key === " ") && isDuty(cell)) {
      event.preventDefault();
      open(cell);
      return;
    }
    const target = next(event, cell);
    if (!target) return;
    event.preventDefault();
    mark(target);
    inside(target).focus();
  });
  document.addEventListener("click", (event) => {
    const cell = cellOf(event.target);
    if (cell && isDuty(cell)) open(cell);
    else if (panel.open && !panel.contains(event.target)) close();
  });
  ["focusin", "mouseover"].forEach((kind) => document.addEventListener(kind, (event) => {
    const cell = event.target.closest && cellOf(event.target);
    if (cell) describe(cell);
  }));
  document.addEventListener("htmx:after:swap", (event) => {
    if (!table() || !rows.length || !rows[0].isConnected) start();
  });
  panel.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    close();
  });
  start();
})();
