// The levers: sliders by chapter or department, a number that can be typed, timing, and the way back.
class Levers {
  constructor(payload, words, moved) {
    this.words = words;
    this.moved = moved; // (id, part, value, final)
    this.rows = new Map();
    this.payload = payload;
    this.search = make("input", { type: "search", class: "xw-search", placeholder: words.search, "aria-label": words.search, oninput: () => this.filter() });
    this.changedOnly = make("input", { type: "checkbox", onchange: () => this.filter() });
    this.by = make("select", { "aria-label": words.group_by, class: "xw-by", onchange: () => this.arrange() },
      make("option", { value: "group" }, words.by_chapter), make("option", { value: "department" }, words.by_department));
    this.list = make("div", { class: "xw-groups" });
    this.root = make("section", { class: "xw-levers", "aria-label": words.levers },
      make("div", { class: "xw-tools" }, this.search, this.by, make("label", {}, this.changedOnly, words.moved_only)), this.list);
    for (const lever of payload.levers) this.rows.set(lever.id, this.row(lever));
    this.arrange();
  }

  row(lever) {
    const { words } = this;
    const named = `${lever.name}${lever.unit_label}`;
    const said = make("div", { class: "xw-said", id: `said-${lever.id}`, "aria-live": "polite" });
    const range = make("input", {
      type: "range", min: lever.low, max: lever.high, step: "any", "data-testid": `lever-${lever.id}`, "aria-label": named,
      oninput: (event) => this.dragged(lever, event.target, false), onchange: (event) => this.dragged(lever, event.target, true), onkeydown: (event) => this.key(lever, event), ondblclick: () => this.reset(lever),
    });
    const shown = (value) => this.written(lever, value);
    const ends = { low: plain(lever.low, digitsOf(lever.low)), high: shown(lever.high) };
    const box = (part, name, limits, attributes) => new NumberBox(name, limits, words, {
      taken: (value) => this.moved(lever.id, part, value, true), said: (text) => put(said, text), attributes: { ...attributes, "aria-describedby": said.id },
    });
    const year = ([low, high]) => ({ low, high, step: 1, shown: String, ends: { low, high } });
    const boxes = [
      box(0, `${named} ${words.value}`, { low: lever.low, high: lever.high, step: lever.step, unit: lever.unit, shown, ends }, { class: "xw-number" }),
      box(1, `${lever.name} ${words.start}`, year(this.payload.timing.start)),
      box(2, `${lever.name} ${words.ramp}`, year(this.payload.timing.ramp)),
    ];
    const back = make("button", { type: "button", class: "xw-back", title: words.set_back, "aria-label": `${words.set_back}: ${lever.name}`, onclick: () => this.reset(lever) }, "\u21ba");
    const tick = make("span", { class: "xw-tick", "aria-hidden": "true", style: `left:${(100 * (lever.base[0] - lever.low)) / (lever.high - lever.low)}%` });
    const nudge = (sign) => make("button", { type: "button", class: "xw-nudge", "aria-label": `${sign < 0 ? words.less : words.more}: ${lever.name}`, onclick: () => this.nudged(lever, sign) }, sign < 0 ? MINUS : "+");
    const below = make("div", { class: "xw-below" }, fill(words.base, { value: shown(lever.base[0]) }), " \u00b7 ", fill(words.range, ends));
    const details = make("details", { class: "xw-details" }, make("summary", { "aria-label": `${words.details}: ${lever.name}` }, words.details),
      make("div", { class: "xw-timing" }, make("label", {}, words.start, boxes[1].input), make("label", {}, words.ramp, boxes[2].input)),
      ...lever.about.map((line) => make("p", {}, line)));
    const root = make("div", { class: "xw-lever" },
      make("div", { class: "xw-name" }, make("span", {}, named), boxes[0].input, back),
      make("div", { class: "xw-track" }, nudge(-1), make("div", { class: "xw-range" }, tick, range), nudge(1)), said, below, details);
    return { lever, root, range, boxes, said, back, own: null };
  }

  // A lever's value in its unit, with the digits that it has, as its box shows it.
  written(lever, value) {
    return withUnit(value, { factor: 1, label: lever.unit, one: lever.one, decimals: digitsOf(value) });
  }

  arrange() {
    const { payload } = this;
    const open = new Set([...this.list.querySelectorAll("details[open].xw-group")].map((node) => node.dataset.group));
    const by = this.by.value;
    const groups = by === "group" ? payload.groups : payload.departments;
    const seen = new Set();
    const made = [];
    for (const group of groups) {
      const rows = [...this.rows.values()].filter(({ lever }) => (by === "group" ? lever.group === group.id : lever.departments[0] === group.id));
      if (!rows.length) continue;
      rows.forEach(({ lever }) => seen.add(lever.id));
      made.push(make("details", { class: "xw-group", ontoggle: (event) => this.opened(event.target), "data-group": group.id, open: open.has(group.id) || (!open.size && !made.length) },
        make("summary", {}, group.title, make("span", { class: "xw-count" }, String(rows.length))), ...rows.map((row) => row.root)));
    }
    this.list.replaceChildren(...made);
    this.filter();
  }

  // A phone has room for one open group.
  opened(group) {
    if (!group.open || !matchMedia(PHONE).matches || this.search.value || this.changedOnly.checked) return;
    for (const other of this.list.children) if (other !== group) other.open = false;
  }

  filter() {
    const wanted = this.search.value.trim().toLowerCase();
    const narrowed = wanted || this.changedOnly.checked;
    for (const row of this.rows.values()) {
      const { lever } = row;
      const found = `${lever.name} ${lever.code} ${lever.id} ${lever.about.join(" ")}`.toLowerCase().includes(wanted);
      row.root.hidden = !found || (this.changedOnly.checked && !row.root.classList.contains("xw-moved"));
    }
    for (const group of this.list.children) {
      const any = [...group.querySelectorAll(".xw-lever")].some((node) => !node.hidden);
      group.hidden = !any;
      if (narrowed && any) group.open = true;
    }
  }

  // Under the finger a lever moves in tenths of its step, so that the picture flows; let go it snaps to its steps.
  dragged(lever, input, final) {
    const step = final ? lever.step : lever.step / 10;
    const value = lever.low + Math.round((Number(input.value) - lever.low) / step) * step;
    this.moved(lever.id, 0, this.within(lever, value), final);
  }

  within(lever, value) {
    return Math.min(Math.max(Number(value.toPrecision(12)), lever.low), lever.high);
  }

  key(lever, event) {
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key];
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Backspace") this.reset(lever);
    else if (event.key === "Home" || event.key === "End") this.moved(lever.id, 0, event.key === "Home" ? lever.low : lever.high, true);
    else if (steps) this.nudged(lever, event.shiftKey ? 10 * Math.sign(steps) : steps);
    else return;
    event.preventDefault();
  }

  nudged(lever, steps) {
    this.moved(lever.id, 0, this.within(lever, this.rows.get(lever.id).now[0] + steps * lever.step), true);
  }

  reset(lever) {
    const { own } = this.rows.get(lever.id);
    this.moved(lever.id, null, [...own], true);
  }

  // What a lever stands at; `own` is what the chosen scenario has.
  show(id, now, own) {
    const row = this.rows.get(id);
    const { lever } = row;
    if (row.now?.some((value, part) => value !== now[part])) put(row.said, "");
    row.now = now;
    if (own) row.own = own;
    if (Number(row.range.value) !== now[0]) row.range.value = now[0];
    row.boxes.forEach((box, part) => box.show(now[part]));
    row.range.setAttribute("aria-valuetext", this.written(lever, now[0]));
    const changed = row.own.some((value, part) => value !== now[part]);
    row.root.classList.toggle("xw-moved", changed);
    row.root.classList.toggle("xw-set", !changed && now.some((value, part) => value !== lever.base[part]));
    row.back.hidden = !changed;
  }
}
