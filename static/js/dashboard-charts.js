// The charts of the dashboard. Every bar has its twin in the table below it; patterns tell the lights apart without colour.
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("chart-data").textContent);
  const LOOK = {
    done: { color: "#2b8a3e" },
    on_track: { color: "#8ce99a", symbol: "circle" },
    review: { color: "#339af0", symbol: "rect" },
    not_started: { color: "#ced4da" },
    due_soon: { color: "#ffd43b", symbol: "diamond" },
    overdue: { color: "#c92a2a", symbol: "triangle" },
  };
  const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif';
  const shorten = (name) => (name.length > 14 ? `${name.slice(0, 13)}…` : name);
  const base = {
    animation: false,
    textStyle: { fontFamily: FONT },
    tooltip: { trigger: "axis", renderMode: "richText", axisPointer: { type: "shadow" }, confine: true },
    toolbox: { right: 8, top: 0, feature: { saveAsImage: { title: "存为图片", pixelRatio: 2, backgroundColor: "#fff" } } },
  };

  const bars = (chart) => ({
    ...base,
    grid: { left: 8, right: 24, top: 56, bottom: 8, containLabel: true },
    legend: { top: 26, left: 0, itemWidth: 14, data: chart.series.map((one) => one.label) },
    xAxis: { type: "value", minInterval: 1 },
    yAxis: { type: "category", inverse: true, data: chart.names, axisLabel: { formatter: shorten } },
    series: chart.series.map((one) => ({
      name: one.label,
      type: "bar",
      stack: "all",
      barMaxWidth: 22,
      data: one.data,
      itemStyle: {
        color: LOOK[one.light].color,
        decal: LOOK[one.light].symbol
          ? { symbol: LOOK[one.light].symbol, symbolSize: 0.6, color: "rgba(0,0,0,.28)", dashArrayX: [[8, 8], [0, 8, 8, 0]], dashArrayY: [6, 0] }
          : undefined,
      },
    })),
  });

  const lines = (months) => ({
    ...base,
    grid: { left: 8, right: 24, top: 56, bottom: 8, containLabel: true },
    legend: { top: 26, left: 0, data: ["累计办结", "累计到期"] },
    xAxis: { type: "category", data: months.map(([month]) => month) },
    yAxis: { type: "value", minInterval: 1 },
    series: [
      { name: "累计办结", type: "line", symbol: "circle", symbolSize: 7, data: months.map((row) => row[1]), lineStyle: { color: "#2b8a3e", width: 3 }, itemStyle: { color: "#2b8a3e" } },
      { name: "累计到期", type: "line", step: "end", symbol: "triangle", symbolSize: 8, data: months.map((row) => row[2]), lineStyle: { color: "#495057", type: "dashed" }, itemStyle: { color: "#495057" } },
    ],
  });

  document.querySelectorAll("[data-chart]").forEach((box) => {
    const name = box.dataset.chart;
    if (name !== "months") box.style.height = `${90 + data[name].names.length * 28}px`;
    const chart = window.echarts.init(box, null, { renderer: "canvas" });
    chart.setOption(name === "months" ? lines(data.months) : bars(data[name]));
    window.addEventListener("resize", () => chart.resize());
    box.dataset.drawn = "1";
  });
})();
