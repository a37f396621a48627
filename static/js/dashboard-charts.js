// The charts of the dashboard. Every bar has its twin in the table below it and leads to the same list; patterns tell the
// lights apart without colour; arrow keys walk the bars, Enter opens the list, and a button saves the picture.
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("chart-data").textContent);
  const LOOK = {
    done: { color: "#2b8a3e", text: "#fff" },
    on_track: { color: "#8ce99a", symbol: "circle" },
    review: { color: "#74c0fc", symbol: "rect" },
    not_started: { color: "#dee2e6" },
    due_soon: { color: "#ffd43b", symbol: "diamond" },
    overdue: { color: "#e03131", symbol: "triangle", text: "#fff" },
  };
  const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif';
  const PAPER = 640; // pixels that A4 is wide between its margins
  const LABELLED = 26; // pixels of a bar that its number needs
  const NAME = { fontSize: 12, width: 168, overflow: "truncate" };

  const base = (title) => ({
    animation: false,
    textStyle: { fontFamily: FONT },
    title: { text: title, left: 8, top: 2, show: false, textStyle: { fontSize: 15, fontFamily: FONT } },
    tooltip: { trigger: "item", renderMode: "richText", confine: true },
    grid: { left: 8, right: 24, top: 58, bottom: 8, containLabel: true },
    legend: { top: 28, left: 4, itemWidth: 16, itemGap: 10, selectedMode: false },
  });

  const decal = (symbol) =>
    symbol && { symbol, symbolSize: 0.55, color: "rgba(0,0,0,.26)", dashArrayX: [[8, 8], [0, 8, 8, 0]], dashArrayY: [6, 0] };

  // Each kind of chart gives its option, its rows of `[series, index]` that keys walk through, and what a place says and opens.
  const stacked = (chart) => ({
    height: (narrow) => (narrow ? 112 : 90) + chart.names.length * 28,
    option: (width) => {
      const most = Math.max(1, ...chart.names.map((_, row) => chart.series.reduce((sum, one) => sum + one.data[row], 0)));
      const enough = (most * LABELLED) / Math.max(120, width - 220);
      const narrow = width < 480;
      return {
        grid: { left: 8, right: 24, top: narrow ? 80 : 58, bottom: 8, containLabel: true },
        xAxis: { type: "value", minInterval: 1 },
        yAxis: {
          type: "category", inverse: true, data: chart.names, triggerEvent: true,
          axisLabel: { ...NAME, width: narrow ? 108 : NAME.width, color: "#1b4f91" },
        },
        series: chart.series.map((one) => ({
          name: one.label,
          type: "bar",
          stack: "all",
          barMaxWidth: 22,
          data: one.data.map((value) => ({ value, label: { show: value >= enough } })),
          label: { color: LOOK[one.light].text || "#1f2933", fontSize: 11, fontWeight: "bold", textBorderWidth: 2, textBorderColor: LOOK[one.light].color },
          itemStyle: { color: LOOK[one.light].color, borderColor: "#fff", borderWidth: 0.5, decal: decal(LOOK[one.light].symbol) },
          emphasis: { itemStyle: { borderColor: "#1f2933", borderWidth: 2 } },
        })),
        tooltip: { trigger: "item", renderMode: "richText", confine: true, formatter: (at) => say(at.seriesIndex, at.dataIndex) },
      };
      function say(series, row) {
        return `${chart.names[row]}\n${chart.series[series].label} ${chart.series[series].data[row]}件`;
      }
    },
    places: chart.names.map((_, row) => chart.series.map((one, series) => [series, row]).filter(([series]) => chart.series[series].data[row])),
    say: (series, row) => `${chart.names[row]}，${chart.series[series].label}${chart.series[series].data[row]}件`,
    href: (series, row) => `${chart.hrefs[row]}&light=${chart.series[series].light}`,
    name: (name) => chart.hrefs[chart.names.indexOf(name)],
  });

  const lines = (points) => ({
    height: () => 320,
    option: () => ({
      xAxis: { type: "category", data: points.map((point) => point.label) },
      yAxis: { type: "value", minInterval: 1 },
      series: [
        { name: "累计办结", type: "line", symbol: "circle", symbolSize: 9, data: points.map((point) => point.done), lineStyle: { color: "#2b8a3e", width: 3 }, itemStyle: { color: "#2b8a3e" } },
        { name: "累计到期", type: "line", step: "end", symbol: "triangle", symbolSize: 10, data: points.map((point) => point.due), lineStyle: { color: "#495057", type: "dashed" }, itemStyle: { color: "#495057" } },
      ],
      tooltip: { trigger: "item", renderMode: "richText", confine: true, formatter: (at) => `${points[at.dataIndex].label}\n${at.seriesName} ${at.value}件` },
    }),
    places: points.map((point, index) => (point.done === null ? [[1, index]] : [[0, index], [1, index]])),
    say: (series, index) => `${points[index].label}，${series ? "累计到期" : "累计办结"}${series ? points[index].due : points[index].done}件`,
    href: (series, index) => (series ? points[index].due_href : points[index].done_href),
  });

  const columns = (weeks) => ({
    height: () => 320,
    option: () => ({
      legend: { show: false },
      grid: { left: 8, right: 24, top: 34, bottom: 8, containLabel: true },
      xAxis: { type: "category", data: weeks.map((week) => week.label) },
      yAxis: { type: "value", minInterval: 1 },
      series: [{ name: "报送", type: "bar", barMaxWidth: 26, data: weeks.map((week) => week.number), itemStyle: { color: "#1d4f8c" }, emphasis: { itemStyle: { borderColor: "#f59f00", borderWidth: 2 } } }],
      tooltip: { trigger: "item", renderMode: "richText", confine: true, formatter: (at) => `${weeks[at.dataIndex].span}\n报送 ${at.value}份` },
    }),
    places: weeks.map((week, index) => (week.number ? [[0, index]] : [])),
    say: (series, index) => `${weeks[index].span}，报送${weeks[index].number}份`,
    href: (series, index) => weeks[index].href,
  });

  const KINDS = { months: lines, weeks: columns };
  const day = new URLSearchParams(window.location.search).get("as_of") || document.querySelector("[data-day]").dataset.day;
  const drawn = [];

  const draw = (box) => {
    const { chart: name, title } = box.dataset;
    const kind = (KINDS[name] || stacked)(data[name]);
    box.style.height = `${kind.height(box.clientWidth < 480)}px`;
    const chart = window.echarts.init(box, null, { renderer: "canvas" });
    const heading = `${title}（截至${day}）`;
    const redraw = (width) => {
      box.style.height = `${kind.height(width < 480)}px`;
      chart.resize({ width: width, height: "auto" });
      chart.setOption({ ...base(heading), ...kind.option(width) });
    };
    const open = (href) => { if (href) window.location.assign(href); };
    redraw(box.clientWidth);
    chart.on("click", (at) => open(at.componentType === "yAxis" ? kind.name && kind.name(at.value) : kind.href(at.seriesIndex, at.dataIndex)));
    walk(box, chart, kind, open);
    offerPicture(name, chart, heading, box);
    new ResizeObserver(() => redraw(box.clientWidth)).observe(box);
    drawn.push({ box, redraw });
    box.dataset.drawn = "1";
    box.echart = chart; // for whoever wants to know where a bar stands
  };

  // Up and down change the row, left and right the part of it; zeros are passed over.
  const walk = (box, chart, kind, open) => {
    const rows = kind.places.filter((row) => row.length);
    const said = document.querySelector(`[data-said="${box.dataset.chart}"]`);
    const sideways = kind.name !== undefined; // bars lie: the rows go down; months and weeks go to the right
    let row = 0, cell = -1;
    const show = (on) => {
      const place = rows[row] && rows[row][cell];
      if (!place) return;
      chart.dispatchAction({ type: on ? "highlight" : "downplay", seriesIndex: place[0], dataIndex: place[1] });
      chart.dispatchAction(on ? { type: "showTip", seriesIndex: place[0], dataIndex: place[1] } : { type: "hideTip" });
      if (on) said.textContent = kind.say(...place);
    };
    const go = (rowStep, cellStep) => {
      show(false);
      if (cell < 0) cell = 0;
      else {
        row = Math.min(Math.max(row + rowStep, 0), rows.length - 1);
        cell = Math.min(Math.max(cell + cellStep, 0), rows[row].length - 1);
      }
      show(true);
    };
    const KEYS = sideways
      ? { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }
      : { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
    box.addEventListener("keydown", (event) => {
      if (!rows.length) return;
      if (KEYS[event.key]) {
        event.preventDefault();
        go(...KEYS[event.key]);
      } else if (event.key === "Enter" && cell >= 0) open(kind.href(...rows[row][cell]));
    });
    box.addEventListener("blur", () => show(false));
  };

  // A picture carries its title and day: it will stand in somebody's document.
  const offerPicture = (name, chart, heading, box) => {
    const button = document.querySelector(`[data-save="${name}"]`);
    button.hidden = false;
    button.setAttribute("aria-label", `${box.dataset.title}图存为图片`);
    button.addEventListener("click", () => {
      chart.setOption({ title: { show: true } });
      const link = document.createElement("a");
      link.href = chart.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: "#fff" });
      link.download = `${heading}.png`;
      link.click();
      chart.setOption({ title: { show: false } });
    });
  };

  document.querySelectorAll("[data-chart]").forEach(draw);
  window.addEventListener("beforeprint", () => drawn.forEach(({ redraw }) => redraw(PAPER)));
  window.addEventListener("afterprint", () => drawn.forEach(({ box, redraw }) => redraw(box.clientWidth)));
})();
