// As many digits as are needed for a missed target not to print as its threshold.
function digits({ unit, threshold }, value, met) {
  for (let count = unit.decimals; count < unit.decimals + 4; count++) {
    if (met || plain(value * unit.factor, count) !== plain(threshold * unit.factor, count)) return count;
  }
  return unit.decimals + 4;
}

// What stands in the place of odds that are not there: [least, shape, word]. Never a verdict: one run's is not theirs.
const standing = (reckoned, pending) => !reckoned ? [0, `${DASH} `, "none"] : pending ? [0, "", "computing"] : [0, `${DASH} `, "no_odds"];

// The strip of verdicts: what is reached, how likely, by how much, when; and all headline targets together.
class Cards {
  constructor(payload, words, chosen) {
    this.chosen = chosen; // a card was chosen: on a phone its chart is the one that is shown
    this.payload = payload;
    this.words = words;
    this.together = make("span");
    this.error = make("small", { class: "xw-error" });
    this.joint = make("div", { class: "xw-joint", "data-testid": "joint" }, this.together, this.error);
    this.note = make("div", { class: "xw-note" });
    this.cards = payload.targets.map((target) => this.card(target));
    this.root = make("section", { class: "xw-verdicts", "aria-label": words.verdicts },
      make("div", { class: "xw-head" }, this.joint, this.note), make("div", { class: "xw-strip" }, ...this.cards.map((card) => card.root)));
    this.live = make("div", { class: "xw-hidden", "aria-live": "polite" });
    this.root.append(this.live);
  }

  card(target) {
    const parts = Object.fromEntries(["odds", "error", "value", "gap", "when", "also"].map((name) => [name, make("span", { class: `xw-${name}` })]));
    const bar = make("i");
    const tip = make("details", { class: "xw-tip" }, make("summary", { "aria-label": `${target.name}: ${this.words.source}` }, "\u24d8"), make("div", {}, ...target.about.map((line) => make("p", {}, line))));
    const root = make("div", { class: "xw-card", role: "group", "aria-label": target.name, "data-testid": `verdict-${target.id}` },
      make("div", { class: "xw-title" }, make("span", {}, target.name), tip), make("div", { class: "xw-aim" }, target.aim),
      make("div", { class: "xw-line" }, parts.odds, parts.error), make("div", { class: "xw-bar", "aria-hidden": "true" }, bar),
      make("div", { class: "xw-figure" }, make("span", { class: "xw-path" }, this.words.path), " ", parts.value, " ", parts.gap), make("div", {}, parts.when), make("div", {}, parts.also));
    root.addEventListener("click", () => this.chosen(target));
    return { target, root, parts, bar };
  }

  // values: a target's figures by year; odds: null where there are none; pending: they are being made; settled: odds of the
  // server, else of the page; also: what each target comes to in another scope, of the server alone.
  show({ series, odds, pending, joint, sound, settled, outside, also }) {
    const { words } = this;
    const mark = settled ? "" : "\u2248";
    this.cards.forEach(({ target, root, parts, bar }, i) => {
      const value = series[i].at;
      stamp(root, "value", value);
      const reckoned = Number.isFinite(value);
      const met = meets(target, value);
      const decimals = digits(target, value, met);
      put(parts.value, withUnit(value, { ...target.unit, decimals }, target.measure === "change"));
      put(parts.gap, !reckoned ? "" : fill(words.gap, { gap: withUnit(value - target.threshold, { ...target.difference, decimals }, true) }));
      put(parts.when, !reckoned ? "" : series[i].year ? fill(words.reached_in, { year: series[i].year }) : words.not_reached);
      const known = odds && Number.isFinite(odds[i]);
      stamp(root, "odds", known ? odds[i] : "");
      const [, shape, name] = known ? oddsClass(odds[i]) : standing(reckoned, pending);
      stamp(root, "class", outside ? "outside" : name);
      put(parts.odds, outside ? words.outside : `${shape}${words[name]}${known ? ` \u00b7 ${mark}${oddsText(odds[i])}` : ""}`);
      put(parts.error, outside || !known ? "" : errorText(odds[i], sound));
      if (settled) parts.error.title = known ? fill(words.error, { error: errorText(odds[i], sound), members: plain(Math.round(sound), 0) }) : "";
      put(parts.also, !also[i] ? "" : settled ? also[i].said : `${also[i].name}${words.later}`);
      bar.style.width = known && !outside ? `${100 * odds[i]}%` : "0";
    });
    const known = Number.isFinite(joint);
    const together = outside ? words.outside : known ? `${mark}${oddsText(joint)}` : pending ? words.computing : DASH;
    put(this.together, fill(words.joint, { odds: together, count: this.cards.length }));
    put(this.error, outside || !known ? "" : errorText(joint, sound));
    if (settled) this.joint.title = known ? fill(words.error, { error: errorText(joint, sound), members: plain(Math.round(sound), 0) }) : "";
    stamp(this.joint, "odds", known ? joint : "");
  }

  say(text) {
    put(this.live, text);
  }
}
