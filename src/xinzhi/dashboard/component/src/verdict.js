// A target's value and whether it is met: as analysis/verdict.py has it.
function measured(target, base, final) {
  if (target.measure === "level") return final * target.factor;
  if (target.measure === "mean_growth") return 100 * ((final / base) ** (1 / target.span) - 1);
  return 100 * (final / base - 1);
}

function meets(target, value) {
  const judged = target.whole ? Math.floor(value + 0.5) : value;
  return target.sense === ">=" ? judged >= target.threshold : judged <= target.threshold;
}
