// The workspace: levers, verdicts and charts around one lever set. While a lever is dragged the members in the page say
// what becomes of the targets; when it is let go the server settles it.
const SLOW = 40; // ms a frame: above it fewer members are run
const FEW = 250;
const LATE = 4000; // ms after which an answer of the server is missed

class Workspace {
  constructor(parent, given) {
    this.given = given;
    const words = (this.words = given.words);
    this.rev = 0;
    this.sent = 0;
    this.frame = 0;
    this.times = [];
    this.settings = new Map();
    this.cards = new Cards(given, words);
    this.levers = new Levers(given, words, (...move) => this.moved(...move));
    this.charts = given.charts.map((chart) => new Chart(chart, given.years, words));
    this.why = make("p", { class: "xw-why-text" });
    this.badge = make("p", { class: "xw-badge" });
    this.banner = make("div", { class: "xw-banner", role: "status", hidden: true });
    this.native = make("a", { href: "?ui=native", class: "xw-native" }, words.native);
    const why = make("section", { class: "xw-why", "aria-label": words.why }, make("b", {}, words.why), this.why, make("p", { class: "xw-uncertain" }, words.uncertain), this.badge, make("p", {}, this.native));
    this.root = make("div", { class: "xw", lang: given.lang === "zh" ? "zh-Hans" : "en", "data-testid": "workspace", "data-frame": "0", "data-settled": "" },
      this.banner, this.cards.root, make("div", { class: "xw-board" }, this.levers.root, make("div", { class: "xw-charts" }, ...this.charts.map((chart) => chart.root), why)));
    this.root.addEventListener("keydown", (event) => {
      if (event.key === "/" && !/INPUT|SELECT/.test(event.target.tagName)) { this.levers.search.focus(); event.preventDefault(); }
      if (/^[rc]$/.test(event.key) || event.key === "Escape") event.stopPropagation(); // Streamlit's own keys
    });
    parent.replaceChildren(this.root);
    this.charts.forEach((chart) => chart.mount());
  }

  // ---- what the server says

  take(data, send) {
    this.send = send;
    const stale = this.sent > data.rev; // an answer to an earlier move: the newer one is on its way
    this.own = data.own;
    for (const lever of this.given.levers) {
      const now = stale || this.dragging ? this.settings.get(lever.id) : data.settings[lever.id];
      this.settings.set(lever.id, [...now]);
      this.levers.show(lever.id, this.settings.get(lever.id), data.own[lever.id]);
    }
    if (data.model !== this.wanted) { this.wanted = data.model; this.close(); }
    this.begin();
    if (stale || this.dragging) return;
    this.settled = data.settled;
    this.answered();
    this.say(data.told || this.words.start);
    this.draw(null, true);
    this.root.dataset.settled = data.rev;
  }

  // The page's model, when the server's bytes are those that are wanted.
  async begin() {
    if (this.pool || !globalThis.xinzhiFeed) return;
    const reason = missing(this.words);
    if (reason) { this.badge.textContent = reason; return; }
    let model;
    try {
      model = readFeed(globalThis.xinzhiFeed);
      if (model.key !== this.wanted) return;
      const size = Math.max(1, Math.min(navigator.hardwareConcurrency || 2, 4));
      this.pool = new Pool(WORKER, { ...model, targets: this.given.targets.map((target) => ({ ...target, row: target.year - model.first })) }, size);
      this.model = model;
      await this.pool.ready;
      this.root.dataset.members = this.pool.members;
      await this.compare();
    } catch (error) {
      this.close();
      this.badge.textContent = fill(this.words.broken, { reason: String(error.message || error) });
    }
  }

  close() {
    if (this.pool) this.pool.close();
    this.pool = this.model = null;
  }

  // ---- what the user does

  moved(id, part, value, final) {
    const now = this.settings.get(id);
    if (part === null) this.settings.set(id, value);
    else this.settings.set(id, now.map((old, i) => (i === part ? value : old)));
    this.levers.show(id, this.settings.get(id));
    if (!this.dragging) this.charts.forEach((chart) => chart.freeze(true));
    this.dragging = !final;
    if (this.pool) { this.dirty = true; this.pump(); }
    if (final) this.release();
  }

  release() {
    this.rev = Math.max(this.rev, this.sent) + 1;
    this.sent = this.rev;
    this.emit();
  }

  emit() {
    clearTimeout(this.waiting);
    this.send("released", { rev: this.sent, settings: Object.fromEntries(this.settings) });
    this.waiting = setTimeout(() => this.missed(), LATE);
  }

  answered() {
    clearTimeout(this.waiting);
    this.banner.hidden = true;
  }

  // No answer: is the server there? While it is not, the page's own figures stand.
  async missed() {
    let alive = false;
    try { alive = (await fetch(new URL("_stcore/health", document.baseURI), { cache: "no-store" })).ok; } catch { /* it is not */ }
    this.banner.textContent = alive ? this.words.waiting : this.words.offline;
    this.banner.hidden = false;
    if (alive) this.emit();
    else this.waiting = setTimeout(() => this.missed(), LATE);
  }

  // ---- the page's own figures

  leverRows() {
    const rows = [];
    for (const lever of this.given.levers) {
      const now = this.settings.get(lever.id);
      this.model.levers[lever.id].forEach((row, part) => {
        if (row >= 0) rows.push([row, part ? now[part] : now[part] * lever.scale]);
      });
    }
    return rows;
  }

  async pump() {
    if (this.running || !this.dirty || !this.pool) return;
    this.running = true;
    this.dirty = false;
    const began = performance.now();
    try {
      await this.pool.ready;
      const found = await this.pool.run(this.leverRows(), this.model.horizon_step, this.given.year - this.model.first + 1);
      this.draw(found, false);
      this.times = [...this.times.slice(-7), performance.now() - began];
      this.adapt();
    } catch (error) {
      this.close();
      this.badge.textContent = fill(this.words.broken, { reason: String(error.message || error) });
    }
    this.running = false;
    this.pump();
  }

  adapt() {
    const middle = [...this.times].sort((a, b) => a - b)[this.times.length >> 1];
    if (this.times.length === 8 && middle > SLOW && this.pool.used > FEW) {
      this.pool.used = FEW;
      this.root.dataset.members = FEW;
      this.times = [];
    }
  }

  // Is what the page computes what the server has?
  async compare() {
    const found = await this.pool.run(this.leverRows(), this.model.horizon_step, 1);
    if (!this.settled) return;
    let worst = 0;
    found.own.forEach((value, i) => {
      const theirs = this.settled.own[i];
      worst = Math.max(worst, Math.abs(value - theirs) / Math.max(Math.abs(theirs), 1e-300));
    });
    this.root.dataset.difference = worst;
    this.badge.textContent = fill(worst <= 1e-11 ? this.words.same : this.words.differs, { difference: worst.toExponential(0), members: this.pool.members });
  }

  // ---- drawing

  draw(found, settled) {
    const { given, words } = this;
    const result = settled ? this.settled : found;
    const first = given.first;
    const count = given.years.length - given.years.indexOf(first);
    const own = Array.from(result.own);
    const of = (variable) => own.slice(variable * count, (variable + 1) * count);
    const series = given.targets.map((target) => this.targetSeries(target, of(target.variable), first));
    this.cards.show({ series, odds: result.odds, joint: result.joint, sound: result.effective ?? result.sound, settled, outside: this.settled?.outside?.length > 0 });
    given.charts.forEach((chart, i) => {
      const values = of(chart.variable).map((value) => value * chart.factor);
      const bands = result.bands ? this.bandRows(result.bands, chart, settled) : null;
      const target = given.targets.find((each) => each.variable === chart.variable);
      this.charts[i].show({ own: values, bands, first, aim: target && this.aim(target), rescale: settled });
      if (settled) { this.charts[i].freeze(false); this.charts[i].tell(); }
    });
    this.note(result, settled);
    if (settled && this.pool) this.pool.ready.then(() => this.compare()).catch(() => undefined);
    this.frame += 1;
    this.root.dataset.frame = this.frame;
  }

  bandRows(bands, chart, settled) {
    if (settled) return bands[chart.variable];
    return BAND.map((_, quantile) => bands[chart.variable].map((year) => year[quantile] * chart.factor));
  }

  targetSeries(target, values, first) {
    const base = this.given.own_base[target.variable];
    const at = measured(target, base, values[target.year - first]);
    let reached = null;
    values.forEach((value, i) => {
      const span = first + i - target.base_year;
      if (!meets(target, measured({ ...target, span }, base, value))) reached = null;
      else if (reached === null) reached = first + i;
    });
    return { at, year: reached };
  }

  // The indicator's level, in its declared unit, that just meets a target.
  aim(target) {
    if (target.measure === "level") return target.threshold;
    const base = this.given.own_base[target.variable] * target.factor;
    return base * (1 + target.threshold / 100) ** (target.measure === "mean_growth" ? target.span : 1);
  }

  note(result, settled) {
    const { words } = this;
    const said = [settled ? fill(words.settled, { members: plain(this.settled.members, 0) }) : fill(words.live, { members: plain(this.pool.used, 0) })];
    if (!settled && this.pool.used < this.pool.members) said.push(words.slow);
    const failed = settled ? this.settled.failed : result.failed / Math.max(result.failed + result.sound, 1);
    if (failed > 0) said.push(fill(words.failed, { share: plain(100 * failed, 1) }));
    if (this.settled?.outside?.length) said.push(fill(words.outside_why, { checks: this.settled.outside.join("; ") }));
    this.cards.note.textContent = said.join(" \u00b7 ");
  }

  say(told) {
    this.why.textContent = told;
    clearTimeout(this.saying);
    this.saying = setTimeout(() => this.cards.say(told), 800);
  }
}

const known = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  if (data instanceof Uint8Array) { // the other mount: the model itself
    globalThis.xinzhiFeed = data;
    globalThis.dispatchEvent(new Event("xinzhi-feed"));
    return undefined;
  }
  let page = known.get(parentElement);
  if (!page || page.given.key !== data.given.key) {
    if (page) page.close();
    const host = parentElement.querySelector(".xw-host") || parentElement;
    page = new Workspace(host, data.given);
    known.set(parentElement, page);
    const fed = () => page.begin();
    globalThis.addEventListener("xinzhi-feed", fed);
    page.stop = () => globalThis.removeEventListener("xinzhi-feed", fed);
  }
  page.take(data, (name, value) => setTriggerValue(name, value));
  return undefined;
}
