// The charts: history as dots, baseline dashed, compared scenarios, the scenario solid, and in the live workspace 10 to 90 %
// and 25 to 75 % of the members as bands.
const COLOUR = { current: "#0072B2", baseline: "#767676", observed: "#222222", outer: "rgba(0,114,178,0.16)", inner: "rgba(0,114,178,0.26)", past: "#f4f5f7" };
const COMPARED = [["#D55E00", [2, 3]], ["#009E73", [9, 4]], ["#CC79A7", [9, 3, 2, 3]]];
const FONT = '12px "Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",sans-serif';
const HEIGHT = 190;

class Chart {
  constructor(spec, base, years, words) {
    this.spec = spec;
    this.base = base; // the last year of history
    this.years = years;
    this.words = words;
    this.aim = this.scaled(spec.level); // what meets the target, on the axis; null without one
    this.compared = [];
    this.year = make("span");
    this.value = make("b");
    this.beside = make("span");
    this.name = make("b", { title: spec.title }, spec.title);
    this.canvas = make("div", { class: "xw-plot", role: "img", "aria-label": spec.title });
    this.table = make("table");
    this.twin = make("details", { class: "xw-twin", ontoggle: () => this.tabulate() }, make("summary", { "aria-label": `${words.table}: ${spec.title}` }, words.table), this.table);
    this.root = make("figure", { class: "xw-chart", "data-chart": spec.id }, make("figcaption", {}, this.name, make("span", { class: "xw-under" }, make("span", {}, spec.unit.axis), make("span", { class: "xw-now" }, this.year, this.value, this.beside))), this.canvas, this.twin);
  }

  mount() {
    const line = (stroke, dash, width) => ({ stroke, dash, width, points: { show: false }, spanGaps: true });
    const dots = (fill) => ({ stroke: "transparent", width: 0, points: { show: true, size: 6, width: 1.2, fill, stroke: COLOUR.observed } });
    const hidden = { stroke: "transparent", width: 0, points: { show: false } };
    const size = () => ({ width: Math.max(this.canvas.clientWidth, 180), height: HEIGHT });
    this.plot = new uPlot({
      ...size(),
      scales: { x: { time: false }, y: { range: (u, low, high) => this.range(low, high) } },
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
      hooks: { drawClear: [(u) => this.shade(u)], draw: [(u) => this.flag(u)], setCursor: [(u) => this.pointed(u.cursor.idx)] },
      axes: [
        { font: FONT, stroke: "#555", grid: { show: false }, ticks: { size: 4 }, size: 26, splits: () => this.years.filter((year) => year % 5 === 0), values: (u, all) => all.map(String) },
        { font: FONT, stroke: "#555", grid: { stroke: "#e3e3e3" }, ticks: { show: false }, size: 52, values: (u, all) => all.map((value) => plain(value, this.decimals(all))) },
      ],
      series: [{}, hidden, hidden, hidden, hidden, line(COLOUR.baseline, [5, 4], 1.5), ...COMPARED.map(([colour, dash]) => line(colour, dash, 1.8)),
        line(COLOUR.current, undefined, 2.2), dots(COLOUR.observed), dots("#fff")],
      bands: [{ series: [4, 1], fill: COLOUR.outer }, { series: [3, 2], fill: COLOUR.inner }],
    }, [this.years, ...Array.from({ length: 11 }, () => this.years.map(() => null))], this.canvas);
    this.sized = new ResizeObserver(() => {
      if (!this.canvas.clientWidth) return;
      this.plot.setSize(size());
      this.fit();
    });
    this.sized.observe(this.canvas);
  }

  // The name in two lines with whatever font this machine has: smaller where it is wide, and whole as a title beyond.
  fit() {
    this.name.style.fontSize = "";
    for (let size = 13; size >= 11 && this.name.scrollHeight > this.name.clientHeight + 1; size--) this.name.style.fontSize = `${size}px`;
  }

  close() {
    this.sized?.disconnect();
    this.plot?.destroy();
  }

  // As many as the axis' step has.
  decimals(all) {
    const step = all.length > 1 ? Math.abs(all[1] - all[0]) : 1;
    const whole = (digits) => Math.abs(step * 10 ** digits - Math.round(step * 10 ** digits)) < 1e-6;
    return [0, 1, 2, 3].find(whole) ?? 4;
  }

  range(low, high) {
    if (this.frozen) return this.frozen;
    const aim = this.aim === null ? [] : [this.aim];
    const least = Math.min(low ?? Infinity, ...aim);
    const most = Math.max(high ?? -Infinity, ...aim);
    if (!(least <= most)) return [0, 1];
    const pad = (most - least || Math.abs(most) || 1) * 0.08;
    return this.told([least - pad, most + pad]);
  }

  // Which values the axis shows, for tests from outside.
  told(limits) {
    stamp(this.root, "scale", limits.map((value) => value.toPrecision(6)).join(" "));
    return limits;
  }

  freeze(yes) {
    this.frozen = yes ? [this.plot.scales.y.min, this.plot.scales.y.max] : null;
  }

  // own: the scenario from `first` on; bands: [quantile][year] from `first` on; both in the indicator's declared unit.
  show({ own, bands, first, rescale }) {
    const place = this.years.indexOf(first);
    const scale = (value) => this.scaled(value);
    const row = (values) => this.years.map((_, i) => (i < place ? null : scale(values[i - place] ?? null)));
    const none = () => this.years.map(() => null);
    this.current = this.years.map((_, i) => scale(i < place ? this.spec.past[i] : own[i - place]));
    this.banded = Boolean(bands);
    this.spread = [0, 1, 3, 4].map((q) => (bands ? row(bands[q]) : none()));
    const others = COMPARED.map((_, i) => (this.compared[i] ? this.compared[i].map(scale) : none()));
    const seen = (known) => this.spec.observed.map((value, i) => (this.spec.known[i] === known ? scale(value) : null));
    const data = [this.years, ...this.spread, this.spec.baseline.map(scale), ...others, this.current, seen(true), seen(false)];
    if (rescale) this.frozen = null;
    this.plot.setData(data, Boolean(rescale) || !this.frozen);
    if (!rescale && this.frozen) this.plot.redraw(true, false);
    this.pointed(null);
  }

  // History lies on a grey ground.
  shade(u) {
    const { ctx, bbox } = u;
    const edge = Math.min(u.valToPos(this.base, "x", true), bbox.left + bbox.width);
    ctx.save();
    ctx.fillStyle = COLOUR.past;
    ctx.fillRect(bbox.left, bbox.top, Math.max(edge - bbox.left, 0), bbox.height);
    ctx.restore();
  }

  flag(u) {
    if (this.aim === null) return;
    const { ctx } = u;
    const ratio = devicePixelRatio || 1;
    const x = u.valToPos(this.spec.year, "x", true);
    const y = u.valToPos(this.aim, "y", true);
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = "#000";
    ctx.lineWidth = ratio;
    ctx.setLineDash([2 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(u.bbox.left, y);
    ctx.lineTo(x, y); // the target's year
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.font = FONT.replace("12px", `${12 * ratio}px`);
    const place = this.corner(u, x, y, ctx.measureText(this.spec.flag).width);
    ctx.textAlign = "left";
    ctx.textBaseline = "bottom";
    ctx.lineWidth = 3 * ratio;
    ctx.strokeStyle = "rgba(255,255,255,0.9)";
    ctx.strokeText(this.spec.flag, ...place);
    ctx.fillText(this.spec.flag, ...place);
    ctx.font = `${15 * ratio}px sans-serif`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillText("\u2605", x, y);
    ctx.restore();
  }

  // The lower left corner of the target's words: at the left end of its line or before its star, above or below, where
  // they hide least of the curves. While a lever is dragged they stay where they are.
  corner(u, x, y, width) {
    if (this.frozen && this.place) return this.place;
    const ratio = devicePixelRatio || 1;
    const [left, high] = [u.bbox.left + 4 * ratio, 15 * ratio];
    const points = [];
    for (const row of u.data.slice(5)) { // the curves and dots, and what lies between two years
      row.forEach((value, i) => {
        const next = row[i + 1] ?? value;
        for (const part of value === null ? [] : [0, 0.25, 0.5, 0.75]) {
          points.push([u.valToPos(this.years[i] + part, "x", true), u.valToPos(value + part * (next - value), "y", true)]);
        }
      });
    }
    let least = Infinity;
    for (const bottom of [y - 2 * ratio, y + 3 * ratio + high]) {
      const out = bottom - high < u.bbox.top || bottom > u.bbox.top + u.bbox.height;
      for (const start of [left, Math.max(left, x - 10 * ratio - width)]) {
        const hidden = points.filter(([at, level]) => at > start - 3 * ratio && at < start + width && level > bottom - high && level < bottom).length;
        if (hidden + (out ? 1000 : 0) < least) {
          least = hidden + (out ? 1000 : 0);
          this.place = [start, bottom];
        }
      }
    }
    return this.place;
  }

  // A value on the axis as it is written.
  written(value) {
    return plain(value ?? NaN, this.spec.unit.decimals);
  }

  scaled(value) {
    return value === null || !Number.isFinite(value) ? null : value * this.spec.unit.factor;
  }

  // The figures of the year that the mouse is at, else of the target's: beside the scenario's what was observed, else the baseline's.
  pointed(index) {
    const { spec, words } = this;
    const at = index ?? this.years.indexOf(spec.year);
    if (!this.current) return;
    const seen = spec.observed[at];
    const beside = seen === null ? [words.baseline, spec.baseline[at]] : [words.observed, seen];
    put(this.year, `${this.years[at]} `);
    put(this.value, this.written(this.current[at]));
    put(this.beside, ` \u00b7 ${beside[0]} ${this.written(this.scaled(beside[1]))}`);
  }

  // The sentence, and the table where it is open, that say the same to those who cannot see the chart.
  tell() {
    const { words, spec } = this;
    const at = this.years.indexOf(spec.year);
    const said = fill(this.aim === null ? words.chart : words.chart_aim, {
      title: spec.title, year: spec.year, unit: spec.unit.axis, aim: spec.aim,
      value: this.written(this.current[at]), baseline: this.written(this.scaled(spec.baseline[at])),
    });
    this.canvas.setAttribute("aria-label", said);
    this.tabulate();
  }

  tabulate() {
    if (!this.twin.open || !this.current) return;
    const { words, spec } = this;
    const cell = (value) => make("td", {}, value === null ? "" : this.written(value));
    const columns = [
      [words.observed, spec.observed.map((value) => this.scaled(value))],
      [words.baseline, spec.baseline.map((value) => this.scaled(value))],
      ...this.compared.map((values, i) => [this.names[i], values.map((value) => this.scaled(value))]),
      [words.current, this.current],
      ...(this.banded ? [["10%", this.spread[0]], ["90%", this.spread[3]]] : []),
    ];
    const heads = [words.year, ...columns.map(([head]) => head)];
    const rows = this.years.map((year, i) => make("tr", {}, make("th", { scope: "row" }, String(year)), ...columns.map(([, values]) => cell(values[i]))));
    this.table.replaceChildren(make("caption", {}, `${spec.title} \u00b7 ${spec.unit.axis}`), make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))), make("tbody", {}, ...rows));
  }

  // Scenarios beside this one: [{name, values}], values by year in the declared unit.
  compare(names, curves) {
    this.names = names;
    this.compared = curves;
  }
}

// The key of all charts; of bands and of compared scenarios where there are any.
class Legend {
  constructor(words, banded) {
    this.words = words;
    this.banded = banded;
    this.root = make("div", { class: "xw-legend" });
  }

  show(names) {
    const { words } = this;
    if (this.names?.join("\n") === names.join("\n")) return;
    this.names = names;
    const stroke = (colour, dash, width) => `<svg width="26" height="10" aria-hidden="true"><line x1="0" x2="26" y1="5" y2="5" stroke="${colour}" stroke-width="${width}" stroke-dasharray="${dash || ""}"/></svg>`;
    const dot = (fill) => `<svg width="10" height="10" aria-hidden="true"><circle cx="5" cy="5" r="3.4" fill="${fill}" stroke="${COLOUR.observed}" stroke-width="1.2"/></svg>`;
    const block = (fill) => `<svg width="22" height="10" aria-hidden="true"><rect width="22" height="10" fill="${fill}"/></svg>`;
    const item = (picture, text) => { const node = make("span", {}); node.innerHTML = picture; node.append(` ${text}`); return node; };
    this.root.replaceChildren(
      item(stroke(COLOUR.current, "", 2.4), words.current), item(stroke(COLOUR.baseline, "5 4", 1.6), words.baseline),
      ...names.map((name, i) => item(stroke(COMPARED[i][0], COMPARED[i][1].join(" "), 2), name)),
      ...(this.banded ? [item(block(COLOUR.outer), words.outer), item(block("rgba(0,114,178,0.38)"), words.inner)] : []),
      item(dot(COLOUR.observed), words.published), item(dot("#fff"), words.guessed), item("\u2605", words.target), item(block(COLOUR.past), words.history));
  }
}

// Charts in a mount of their own, of the server's runs: in the plain widgets, and of further indicators.
class Board {
  constructor(parent, payload) {
    this.payload = payload;
    this.charts = payload.charts.map((chart) => new Chart(chart, payload.base, payload.years, payload.words));
    this.legend = new Legend(payload.words, false);
    for (const chart of this.charts) chart.root.toggleAttribute("data-chosen", true); // a phone shows them all
    parent.replaceChildren(make("div", { class: "xw", lang: payload.lang }, this.legend.root, make("div", { class: "xw-charts" }, ...this.charts.map((chart) => chart.root))));
    this.charts.forEach((chart) => chart.mount());
  }

  take({ names, curves }) {
    this.legend.show(names);
    this.charts.forEach((chart, i) => {
      const { own, compared } = curves[i];
      chart.compare(names, compared);
      chart.show({ own, bands: null, first: this.payload.years[0], rescale: true });
      chart.tell();
    });
  }

  leave() {
    this.charts.forEach((chart) => chart.close());
  }
}
