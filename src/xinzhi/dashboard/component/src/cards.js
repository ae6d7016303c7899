// The strip of verdicts: what is reached, how likely, by how much, when; and all headline targets together.
class Cards {
  constructor(given, words) {
    this.given = given;
    this.words = words;
    this.joint = make("div", { class: "xw-joint", "data-testid": "joint" });
    this.note = make("div", { class: "xw-note" });
    this.cards = given.targets.map((target) => this.card(target));
    this.root = make("section", { class: "xw-verdicts", "aria-label": words.verdicts },
      make("div", { class: "xw-head" }, this.joint, this.note), make("div", { class: "xw-strip" }, ...this.cards.map((card) => card.root)));
    this.live = make("div", { class: "xw-hidden", "aria-live": "polite" });
    this.root.append(this.live);
  }

  card(target) {
    const parts = Object.fromEntries(["odds", "value", "gap", "when"].map((name) => [name, make("span", { class: `xw-${name}` })]));
    const bar = make("i");
    const tip = make("details", { class: "xw-tip" }, make("summary", { "aria-label": `${target.name}: ${this.words.source}` }, "\u24d8"), make("div", {}, ...target.about.map((line) => make("p", {}, line))));
    const root = make("div", { class: "xw-card", role: "group", "aria-label": target.name, "data-testid": `verdict-${target.id}` },
      make("div", { class: "xw-title" }, make("span", {}, target.name), tip), make("div", { class: "xw-aim" }, target.aim),
      make("div", {}, parts.odds), make("div", { class: "xw-bar", "aria-hidden": "true" }, bar),
      make("div", { class: "xw-figure" }, parts.value, " ", parts.gap), make("div", {}, parts.when));
    return { target, root, parts, bar };
  }

  // values: a target's figures by year; odds: null where there are none; settled: odds of the server, else of the page.
  show({ series, odds, joint, sound, settled, outside }) {
    const { words } = this;
    const mark = settled ? "" : "\u2248";
    this.cards.forEach(({ target, root, parts, bar }, i) => {
      const value = series[i].at;
      root.dataset.value = value;
      const met = meets(target, value);
      parts.value.textContent = withUnit(value, target.unit, target.measure === "change");
      parts.gap.textContent = fill(words.gap, { gap: withUnit(value - target.threshold, target.difference, true) });
      parts.when.textContent = series[i].year ? fill(words.reached_in, { year: series[i].year }) : words.not_reached;
      const known = odds && Number.isFinite(odds[i]);
      root.dataset.odds = known ? odds[i] : "";
      const [, shape, name] = known ? oddsClass(odds[i]) : [0, met ? "\u25cf" : "\u25cb", met ? "met" : "missed"];
      root.dataset.class = outside ? "outside" : name;
      parts.odds.textContent = outside ? words.outside : `${shape} ${words[name]}${known ? ` \u00b7 ${mark}${oddsText(odds[i])}` : ""}`;
      parts.odds.title = known ? fill(words.error, { error: errorText(odds[i], sound), members: sound }) : "";
      bar.style.width = known ? `${100 * odds[i]}%` : "0";
    });
    const known = Number.isFinite(joint);
    this.joint.textContent = outside || !known ? "" : fill(words.joint, { odds: `${mark}${oddsText(joint)}`, count: this.cards.length });
    this.joint.title = known ? fill(words.error, { error: errorText(joint, sound), members: sound }) : "";
    this.joint.dataset.odds = known ? joint : "";
  }

  say(text) {
    this.live.textContent = text;
  }
}
