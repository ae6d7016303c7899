// A box for a number: it reads what Chinese and English keyboards write, and always shows the number that counts.
const NUMBER = /^[+-]?(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const LONGEST = 24; // signs of a wrong entry that are repeated

// Full-width signs count as half-width ones, and the full stop that a Chinese input method writes as the point; a comma
// stands between groups of three digits or nowhere. NaN for what is no number.
function readNumber(written, unit = "") {
  const narrow = (text) => text.replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0)).replace(/\s/g, "");
  let text = narrow(written).replace(/[\u3002\uff61]/g, ".").replace(/[\u2212\u2013]/g, "-");
  const name = narrow(unit);
  if (name && text.endsWith(name)) text = text.slice(0, -name.length);
  return NUMBER.test(text) ? Number(text.replaceAll(",", "")) : NaN;
}

// What to say of an entry; nothing where it is a number from `low` to `high`.
function refusal(words, written, value, { low, high, shown, ends }, stays) {
  const said = { written: written.trim().length > LONGEST ? `${written.trim().slice(0, LONGEST)}\u2026` : written.trim(), ...ends, value: shown(stays) };
  if (!said.written) return fill(words.no_number, said);
  if (!Number.isFinite(value)) return fill(words.not_number, said);
  return value < low || value > high ? fill(words.beyond, said) : "";
}

// A text box, not type=number: that one drops 。 without a word, and the mouse wheel changes it.
class NumberBox {
  // limits: {low, high, step, unit, shown(value), ends as written}; taken(value) is what is set, said(text) what is wrong.
  constructor(label, limits, words, { taken, said, attributes = {} }) {
    Object.assign(this, { limits, words, taken, said });
    this.input = make("input", {
      type: "text", inputmode: limits.low < 0 ? "text" : "decimal", role: "spinbutton", autocomplete: "off", spellcheck: "false", "aria-label": label,
      "aria-valuemin": limits.low, "aria-valuemax": limits.high, ...attributes,
      onchange: () => this.read(), onblur: () => this.write(), oninput: () => said(""), onkeydown: (event) => this.key(event),
    });
  }

  read() {
    const written = this.input.value;
    const value = Number(readNumber(written, this.limits.unit).toFixed(6));
    const wrong = refusal(this.words, written, value, this.limits, this.value);
    if (!wrong && value !== this.value) this.taken(value);
    this.write();
    this.said(wrong);
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const steps = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (event.key === "Escape") this.write();
    if (!steps) return;
    const { low, high, step, unit } = this.limits;
    const typed = readNumber(this.input.value, unit);
    const from = typed >= low && typed <= high ? typed : this.value;
    const value = Math.min(Math.max(Number((from + step * (event.shiftKey ? 10 * Math.sign(steps) : steps)).toPrecision(12)), low), high);
    if (value !== this.value) this.taken(value);
    this.write();
    event.preventDefault();
  }

  write() {
    this.written = String(Number(this.value.toFixed(6)));
    if (this.input.value !== this.written) this.input.value = this.written;
  }

  // The number that counts; what is being typed stays until it is entered or left.
  show(value) {
    if (value === this.value) return;
    const typing = this.input.value !== (this.written ?? "") && this.input.getRootNode().activeElement === this.input;
    this.value = value;
    if (!typing) this.write();
    this.input.setAttribute("aria-valuenow", value);
    this.input.setAttribute("aria-valuetext", this.limits.shown(value));
  }
}
