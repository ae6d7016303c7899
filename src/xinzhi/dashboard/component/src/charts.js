// The charts: history as dots, baseline dashed, the scenario solid, 10 to 90 % and 25 to 75 % of the members as bands.
const COLOUR = { current: "#0072B2", baseline: "#767676", observed: "#222222", outer: "rgba(0,114,178,0.16)", inner: "rgba(0,114,178,0.26)" };
const FONT = '12px "Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",sans-serif';

class Chart {
  constructor(given, years, words) {
    this.given = given;
    this.years = years;
    this.words = words;
    this.value = make("span", { class: "xw-now" });
    this.canvas = make("div", { class: "xw-plot", role: "img", "aria-label": given.title });
    this.table = make("table");
    this.twin = make("details", { class: "xw-twin" }, make("summary", { "aria-label": `${words.table}: ${given.title}` }, words.table), this.table);
    this.root = make("figure", { class: "xw-chart", "data-chart": given.id }, make("figcaption", {}, make("b", {}, given.title), ` ${given.unit.axis}`, this.value), this.canvas, this.twin);
  }

  mount() {
    const style = (stroke, dash, width) => ({ stroke, dash, width, points: { show: false }, spanGaps: true });
    const hidden = { stroke: "transparent", width: 0, points: { show: false } };
    const size = () => ({ width: Math.max(this.canvas.clientWidth, 180), height: 214 });
    this.plot = new uPlot({
      ...size(),
      scales: { x: { time: false }, y: { range: (u, low, high) => this.range(low, high) } },
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
      hooks: { draw: [(u) => this.flag(u)], setCursor: [(u) => this.pointed(u.cursor.idx)] },
      axes: [
        { font: FONT, stroke: "#555", grid: { show: false }, ticks: { size: 4 }, size: 26, splits: () => this.years.filter((year) => year % 5 === 0), values: (u, all) => all.map(String) },
        { font: FONT, stroke: "#555", grid: { stroke: "#e8e8e8" }, ticks: { show: false }, size: 52, values: (u, all) => all.map((value) => plain(value, this.decimals(all))) },
      ],
      series: [{}, hidden, hidden, hidden, hidden, style(COLOUR.baseline, [5, 4], 1.5), style(COLOUR.current, undefined, 2.2),
        { stroke: "transparent", width: 0, points: { show: true, size: 5, fill: COLOUR.observed, stroke: COLOUR.observed } }],
      bands: [{ series: [4, 1], fill: COLOUR.outer }, { series: [3, 2], fill: COLOUR.inner }],
    }, [this.years, ...Array.from({ length: 7 }, () => this.years.map(() => null))], this.canvas);
    new ResizeObserver(() => this.plot.setSize(size())).observe(this.canvas);
  }

  decimals(all) {
    const step = all.length > 1 ? Math.abs(all[1] - all[0]) : 1;
    return Math.max(0, Math.min(4, Math.ceil(-Math.log10(step) - 1e-9)));
  }

  range(low, high) {
    if (this.frozen) return this.frozen;
    const aim = this.aim === undefined ? [] : [this.aim];
    const least = Math.min(low, ...aim);
    const most = Math.max(high, ...aim);
    const pad = (most - least || Math.abs(most) || 1) * 0.08;
    return [least - pad, most + pad];
  }

  freeze(yes) {
    this.frozen = yes ? [this.plot.scales.y.min, this.plot.scales.y.max] : null;
  }

  // own: the scenario from `first` on; bands: [quantile][year] from `first` on; both in the indicator's declared unit.
  show({ own, bands, first, aim, rescale }) {
    const { factor } = this.given.unit;
    const place = this.years.indexOf(first);
    const scale = (value) => (value === null || !Number.isFinite(value) ? null : value * factor);
    const row = (values) => this.years.map((_, i) => (i < place ? null : scale(values[i - place] ?? null)));
    const current = this.years.map((_, i) => scale(i < place ? this.given.past[i] : own[i - place]));
    const spread = [0, 1, 3, 4].map((q) => (bands ? row(bands[q]) : this.years.map(() => null)));
    if (aim !== undefined) this.aim = aim * factor;
    this.current = current;
    this.spread = spread;
    const data = [this.years, spread[0], spread[1], spread[2], spread[3], this.given.baseline.map(scale), current, this.given.observed.map(scale)];
    if (rescale) this.frozen = null;
    this.plot.setData(data, Boolean(rescale) || !this.frozen);
    if (!rescale && this.frozen) this.plot.redraw(true, false);
    this.pointed(null);
  }

  flag(u) {
    if (this.aim === undefined) return;
    const { ctx } = u;
    const ratio = devicePixelRatio || 1;
    const x = u.valToPos(this.given.year, "x", true);
    const y = u.valToPos(this.aim, "y", true);
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = "#000";
    ctx.lineWidth = ratio;
    ctx.setLineDash([2 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(u.bbox.left, y);
    ctx.lineTo(u.bbox.left + u.bbox.width, y);
    ctx.stroke();
    ctx.font = FONT.replace("12px", `${12 * ratio}px`);
    ctx.textAlign = "left";
    ctx.textBaseline = y - u.bbox.top > 18 * ratio ? "bottom" : "top";
    ctx.fillText(this.given.flag, u.bbox.left + 4 * ratio, y + (ctx.textBaseline === "bottom" ? -2 : 2) * ratio);
    ctx.font = `${15 * ratio}px sans-serif`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillText("\u2605", x, y);
    ctx.restore();
  }

  pointed(index) {
    const at = index ?? this.years.indexOf(this.given.year);
    if (!this.current) return;
    const unit = { ...this.given.unit, factor: 1 };
    this.value.textContent = `${this.years[at]} ${withUnit(this.current[at], unit)}`;
  }

  // The table and the sentence that say the same to those who cannot see the chart.
  tell() {
    const { words, given } = this;
    const unit = { ...given.unit, factor: 1, label: "" };
    const cell = (value) => make("td", {}, value === null || value === undefined ? "" : withUnit(value, unit));
    const heads = [words.year, words.observed, words.baseline, words.current, "10%", "90%"];
    const rows = this.years.map((year, i) => make("tr", {}, make("th", { scope: "row" }, String(year)), cell(given.observed[i] === null ? null : given.observed[i] * given.unit.factor),
      cell(given.baseline[i] * given.unit.factor), cell(this.current[i]), cell(this.spread[0][i]), cell(this.spread[3][i])));
    this.table.replaceChildren(make("caption", {}, `${given.title} ${given.unit.axis}`), make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))), make("tbody", {}, ...rows));
    const at = this.years.indexOf(given.year);
    this.canvas.setAttribute("aria-label", fill(words.chart, { title: given.title, year: given.year, value: withUnit(this.current[at], { ...given.unit, factor: 1 }), aim: given.flag }));
  }
}
