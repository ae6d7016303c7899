// Numbers as show/numbers.py writes them, and small DOM pieces.
const PHONE = "(max-width: 560px)";
const MINUS = "\u2212";
const DASH = "\u2014";

// Made once each: the making of one takes longer than its writing of a hundred numbers.
const FORMATS = new Map();
function format(decimals) {
  if (!FORMATS.has(decimals)) FORMATS.set(decimals, new Intl.NumberFormat("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals }));
  return FORMATS.get(decimals);
}

function plain(value, decimals, sign = false) {
  if (!Number.isFinite(value)) return DASH;
  const text = format(decimals).format(Math.abs(value));
  if (!/[1-9]/.test(text)) return text;
  return (value < 0 ? MINUS : sign ? "+" : "") + text;
}

// The digits behind the point that a number has, at most six.
const digitsOf = (value) => (String(Number(value.toFixed(6))).split(".")[1] ?? "").length;

// A value in its declared unit: {factor, label, decimals}, the label already with its space where it wants one; `one` is
// the label behind exactly 1, where that is another.
function withUnit(value, unit, sign = false) {
  const text = plain(value * unit.factor, unit.decimals, sign);
  return text + (!Number.isFinite(value) ? "" : unit.one && /^[+\u2212]?1$/.test(text) ? unit.one : unit.label);
}

function oddsText(odds) {
  if (!Number.isFinite(odds)) return DASH;
  if (odds < 0.01) return "<1%";
  if (odds > 0.99) return ">99%";
  return `${Math.round(100 * odds)}%`;
}

// Half of the 95 % interval of odds that so many members give, in percentage points.
const errorText = (odds, members) => odds < 0.01 || odds > 0.99 ? "" : `\u00b1${(196 * Math.sqrt((odds * (1 - odds)) / Math.max(members, 1))).toFixed(1)}`;

const CLASSES = [[0.8, "\u25cf ", "likely"], [0.5, "\u25d0 ", "possible"], [0.2, "\u25d4 ", "hard"], [-1, "\u25cb ", "unlikely"]];
const oddsClass = (odds) => CLASSES.find(([least]) => odds >= least) || CLASSES[3];

const fill = (template, values) => template.replace(/\{(\w+)\}/g, (_, name) => values[name]);

// A text is written only where it is another one: what stays costs no layout.
function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function stamp(node, name, value) {
  if (node.dataset[name] !== String(value)) node.dataset[name] = value;
}

// What is said of the odds: whose they are, of how many futures, what is missing.
function remarks(words, { settled, odds, pending, members, used, all, failed, gaps, outside }) {
  const said = [!settled ? fill(words.live, { members: plain(used, 0) }) : odds ? fill(words.settled, { members: plain(members, 0) }) : pending ? words.unsettled : words.without];
  if (!settled && used < all) said.push(words.slow);
  if (failed > 0) said.push(fill(words.failed, { share: failed < 0.001 ? "<0.1" : plain(100 * failed, 1) }));
  if (gaps.length && failed < 1) said.push(fill(words.gaps, { title: gaps.join("; ") }));
  if (outside.length) said.push(fill(words.outside_why, { checks: outside.join("; ") }));
  return said;
}

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}
