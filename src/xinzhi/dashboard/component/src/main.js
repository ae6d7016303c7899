// The workspace: levers, verdicts and charts around one lever set. While a lever is dragged the members in the page say
// what becomes of the targets; when it is let go the server settles it.
const SLOW = 40; // ms a frame: above it fewer members are run
const FEW = 250;
const LATE = 2500; // ms after which an answer of the server is missed; twice as many each time it is asked again

class Workspace {
  constructor(parent, payload) {
    this.payload = payload;
    const words = (this.words = payload.words);
    this.rev = 0;
    this.patience = LATE;
    this.sent = 0;
    this.revision = 0;
    this.frame = 0;
    this.times = [];
    this.settings = new Map();
    this.cards = new Cards(payload, words, (target) => this.choose(target));
    this.levers = new Levers(payload, words, (...move) => this.moved(...move));
    this.charts = payload.charts.map((chart) => new Chart(chart, payload.base, payload.years, words));
    this.legend = new Legend(words, true);
    this.help = this.helper();
    this.why = make("p", { class: "xw-why-text" });
    this.badge = make("p", { class: "xw-badge" });
    this.banner = make("div", { class: "xw-banner", role: "status", hidden: true });
    this.native = make("a", { href: "?ui=native", class: "xw-native", onclick: (event) => this.plain(event) }, words.native);
    const believed = make("a", { href: "#believed", class: "xw-native" }, words.believed);
    const keys = make("button", { type: "button", class: "xw-back", onclick: () => this.help.showModal() }, words.keys);
    const why = make("section", { class: "xw-why", "aria-label": words.why }, make("b", {}, words.why), this.why, make("p", { class: "xw-uncertain" }, words.uncertain, " ", believed), this.badge, make("p", {}, this.native, " \u00b7 ", keys));
    this.root = make("div", { class: "xw", lang: payload.lang === "zh" ? "zh-Hans" : "en", "data-testid": "workspace", "data-frame": "0", "data-settled": "" },
      this.banner, this.cards.root, make("div", { class: "xw-board" }, this.levers.root, make("div", { class: "xw-right" }, this.legend.root, make("div", { class: "xw-charts" }, ...this.charts.map((chart) => chart.root), why))), this.help);
    this.choose(payload.targets[0]);
    this.root.addEventListener("keydown", (event) => {
      const typing = event.target.matches("select, input:not([type=range]):not([type=checkbox])");
      if (event.key === "/" && !typing) { this.levers.search.focus(); event.preventDefault(); }
      if (event.key === "?" && !typing) this.help.showModal();
      if (/^[rc]$/.test(event.key) || event.key === "Escape") event.stopPropagation(); // Streamlit's own keys
    });
    parent.replaceChildren(this.root);
    this.charts.forEach((chart) => chart.mount());
  }

  // Plain widgets, with all that the address holds.
  plain(event) {
    event.preventDefault();
    const address = new URL(location.href);
    address.searchParams.set("ui", "native");
    location.assign(address);
  }

  // The keys, in a dialog.
  helper() {
    const { words } = this;
    const close = make("button", { type: "button", onclick: () => this.help.close() }, words.close);
    return make("dialog", { class: "xw-help", "aria-label": words.keys }, make("b", {}, words.keys), make("ul", {}, ...words.key_list.split("\n").map((line) => make("li", {}, line))), close);
  }

  // A phone shows one chart: that of the target whose row was touched.
  choose(target) {
    for (const chart of this.charts) chart.root.toggleAttribute("data-chosen", chart.spec.variable === target.variable);
    for (const card of this.cards.cards) card.root.toggleAttribute("data-chosen", card.target.id === target.id);
  }

  // ---- what the server says

  take(data, send) {
    this.send = send;
    this.meet(data);
    const stale = this.sent > data.rev; // an answer to an earlier move: the newer one is on its way
    for (const lever of this.payload.levers) {
      const now = stale || this.dragging ? this.settings.get(lever.id) : data.settings[lever.id];
      this.settings.set(lever.id, [...now]);
      this.levers.show(lever.id, this.settings.get(lever.id), data.own[lever.id]);
    }
    this.compare(data.compared);
    if (data.model !== this.wanted) { this.wanted = data.model; this.close(); }
    this.begin();
    if (stale || this.dragging) return;
    this.settled = data.settled;
    this.answered();
    this.say(data.told || this.words.start);
    this.draw(null, true);
    this.count(data);
  }

  // How many states have been settled, odds and all.
  count({ rev, settings, settled }) {
    const state = JSON.stringify([rev, settings, settled.odds]);
    if (!settled.odds || state === this.state) return;
    this.state = state;
    this.revision += 1;
    this.root.dataset.settled = this.revision;
  }

  // The server was restarted, or the page begun anew: its session knows nothing of this page's moves. One that it has
  // not answered is sent again.
  meet(data) {
    if (this.session === data.session) return;
    const open = this.session !== undefined && this.waiting !== null && this.sent > data.rev;
    this.session = data.session;
    this.rev = this.sent = data.rev;
    if (open) this.release();
  }

  compare(others) {
    const names = others.map((other) => other.name);
    this.legend.show(names);
    this.charts.forEach((chart, i) => chart.compare(names, others.map((other) => other.values[i])));
  }

  // The model's bytes, which come once.
  fed(bytes) {
    this.feed = bytes;
    this.begin();
  }

  // The page's model, when the server's bytes are those that are wanted.
  async begin() {
    if (this.pool || !this.feed) return;
    const reason = missing(this.words);
    if (reason) { this.badge.textContent = reason; return; }
    let model;
    try {
      model = readFeed(this.feed);
      if (model.key !== this.wanted) return;
      const size = Math.max(1, Math.min(navigator.hardwareConcurrency || 2, 4));
      this.pool = new Pool(WORKER, { ...model, targets: this.payload.targets.map((target) => ({ ...target, row: target.year - model.first })) }, size);
      this.model = model;
      await this.pool.ready;
      this.root.dataset.members = this.pool.members;
      await this.agree();
    } catch (error) {
      this.close();
      this.badge.textContent = fill(this.words.broken, { reason: String(error.message || error) });
    }
  }

  close() {
    if (this.pool) this.pool.close();
    this.pool = this.model = null;
  }

  // The page goes: nothing of it is left running.
  leave() {
    this.close();
    clearTimeout(this.waiting);
    clearTimeout(this.saying);
    this.charts.forEach((chart) => chart.close());
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
    this.patience = LATE;
    this.rev = Math.max(this.rev, this.sent) + 1;
    this.sent = this.rev;
    this.emit();
  }

  emit() {
    clearTimeout(this.waiting);
    this.send("released", { rev: this.sent, settings: Object.fromEntries(this.settings) });
    this.waiting = setTimeout(() => this.missed(), this.patience);
    this.patience *= 2; // a message breaks off what the server reckons for the one before
  }

  answered() {
    clearTimeout(this.waiting);
    this.waiting = null;
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

  // Row, value, row, value ... of every lever that matters.
  leverRows() {
    const rows = [];
    for (const lever of this.payload.levers) {
      const now = this.settings.get(lever.id);
      this.model.levers[lever.id].forEach((row, part) => {
        if (row >= 0) rows.push(row, part ? now[part] : now[part] * lever.scale);
      });
    }
    return Float64Array.from(rows);
  }

  async pump() {
    if (this.running || !this.dirty || !this.pool) return;
    const { pool, model } = this;
    this.running = true;
    this.dirty = false;
    const began = performance.now();
    try {
      await pool.ready;
      const found = await pool.run(this.leverRows(), model.horizon_step, this.payload.year - model.first + 1);
      if (pool === this.pool) this.draw(found, false);
      this.times = [...this.times.slice(-7), performance.now() - began];
      this.adapt();
    } catch (error) {
      if (pool === this.pool) {
        this.close();
        this.badge.textContent = fill(this.words.broken, { reason: String(error.message || error) });
      }
    }
    this.running = false;
    this.pump();
  }

  // Fewer members where frames come late, all of them again where there is time for them.
  adapt() {
    const { pool } = this;
    if (!pool || this.times.length < 8) return;
    const middle = [...this.times].sort((a, b) => a - b)[this.times.length >> 1];
    const wanted = middle > SLOW ? FEW : middle < (SLOW * FEW) / pool.members ? pool.members : pool.used;
    if (wanted === pool.used) return;
    pool.used = wanted;
    this.root.dataset.members = wanted;
    this.times = [];
  }

  // Is what the page computes what the server has?
  async agree() {
    const { pool, model } = this;
    if (!pool || !model || !this.settled || this.running || this.dirty) return;
    if (!this.settled.ran) { // the server's figures are of other settings
      this.root.dataset.difference = "";
      put(this.badge, "");
      return;
    }
    let found;
    try {
      await pool.ready;
      found = await pool.run(this.leverRows(), model.horizon_step, 1);
    } catch { return; } // who began the pool tells it
    if (pool !== this.pool || this.dragging || this.dirty) return;
    let worst = 0;
    found.own.forEach((value, i) => {
      const theirs = this.settled.own[i];
      worst = Math.max(worst, Math.abs(value - theirs) / Math.max(Math.abs(theirs), 1e-300));
    });
    this.root.dataset.difference = worst;
    this.badge.textContent = fill(worst <= 1e-11 ? this.words.same : this.words.differs, { difference: worst.toExponential(0), members: pool.members });
  }

  // ---- drawing

  draw(found, settled) {
    const { payload, words } = this;
    const result = settled ? this.settled : found;
    const first = payload.first;
    const count = payload.years.length - payload.years.indexOf(first);
    const own = Array.from(result.own);
    const of = (variable) => own.slice(variable * count, (variable + 1) * count);
    const series = payload.targets.map((target) => this.targetSeries(target, of(target.variable), first));
    this.cards.show({ series, odds: result.odds, pending: settled && result.pending, also: this.settled?.also ?? [], joint: result.joint, sound: result.effective ?? result.sound, settled, outside: this.settled?.outside?.length > 0 });
    const gaps = [];
    payload.charts.forEach((chart, i) => {
      const values = of(chart.variable).map((value) => value * chart.factor);
      const bands = result.bands ? this.bandRows(result.bands, chart, settled) : null;
      this.charts[i].show({ own: values, bands, first, rescale: settled });
      if (bands?.some((row) => row.some((value) => !Number.isFinite(value ?? NaN)))) gaps.push(chart.title);
      if (settled) { this.charts[i].freeze(false); this.charts[i].tell(); }
    });
    this.note(result, settled, gaps);
    if (settled && this.pool) this.agree();
    this.frame += 1;
    this.root.dataset.frame = this.frame;
  }

  bandRows(bands, chart, settled) {
    if (settled) return bands[chart.variable];
    return BAND.map((_, quantile) => bands[chart.variable].map((year) => year[quantile] * chart.factor));
  }

  targetSeries(target, values, first) {
    const base = this.payload.own_base[target.variable];
    const at = measured(target, base, values[target.year - first]);
    let reached = null;
    values.forEach((value, i) => { // met from then on to the target's year; what comes after it takes nothing away
      const year = first + i;
      const met = meets(target, measured({ ...target, span: year - target.base_year }, base, value));
      if (met) reached ??= year;
      else if (year <= target.year) reached = null;
    });
    return { at, year: reached };
  }

  note(result, settled, gaps) {
    const { words } = this;
    const { settled: server, pool } = this;
    const failed = settled ? server.failed : result.failed / Math.max(result.failed + result.sound, 1);
    const known = { settled, odds: server?.odds, pending: server?.pending, members: server?.members, used: pool?.used, all: pool?.members, failed, gaps, outside: server?.outside ?? [] };
    put(this.cards.note, remarks(words, known).join(" \u00b7 "));
  }

  say(told) {
    this.why.textContent = told;
    clearTimeout(this.saying);
    this.saying = setTimeout(() => this.cards.say(told), 800);
  }
}
