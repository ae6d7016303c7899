// The members in the page: shared out to workers, asked for one lever set after another, the newest only.
class Pool {
  constructor(source, model, size) {
    this.size = size;
    this.model = model;
    this.members = model.met.length;
    this.used = this.members;
    this.turn = Promise.resolve();
    this.waiting = new Set();
    const link = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    this.workers = Array.from({ length: size }, () => new Worker(link));
    this.ready = Promise.all(this.workers.map((worker, i) => this.begin(worker, i))).finally(() => URL.revokeObjectURL(link));
  }

  begin(worker, i) {
    const { model } = this;
    const first = Math.floor((i * this.members) / this.size);
    const until = Math.floor(((i + 1) * this.members) / this.size);
    const part = (values) => values.slice(first, until);
    return new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => (data.ready ? resolve() : reject(new Error(data.error)));
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage({
        begin: {
          ...model, met: part(model.met), base: model.base.map(part),
          members: model.members.map(([row, values]) => [row, part(values)]),
        },
      });
    });
  }

  // What the lever rows come to with the members in use: odds, bands, the scenario's own figures. One at a time.
  run(levers, steps, years) {
    const asked = this.turn.then(() => this.go({ levers, members: Math.ceil(this.used / this.size), steps, years }));
    this.turn = asked.catch(() => undefined);
    return asked;
  }

  async go(question) {
    const parts = await Promise.all(this.workers.map((worker, i) => this.ask(worker, { ...question, own: i === 0 })));
    return this.joined(parts, question.years);
  }

  ask(worker, question) {
    return new Promise((resolve, reject) => {
      this.waiting.add(reject);
      worker.onmessage = ({ data }) => {
        this.waiting.delete(reject);
        if (data.error === undefined) resolve(data);
        else reject(new Error(data.error));
      };
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(question);
    });
  }

  joined(parts, years) {
    const sum = (pick) => parts.reduce((total, part) => total + pick(part), 0);
    const sound = sum((part) => part.sound);
    const odds = Array.from(parts[0].counts, (_, i) => (sound ? sum((part) => part.counts[i]) / sound : NaN));
    const bands = [];
    for (let variable = 0; variable < this.model.variables; variable++) {
      bands.push(Array.from({ length: years }, (_, year) => {
        const place = variable * years + year;
        return quantiles(parts.map((part) => part.curves.subarray(place * part.sound, (place + 1) * part.sound)), BAND);
      }));
    }
    return { odds: odds.slice(0, -1), joint: odds[odds.length - 1], sound, failed: sum((part) => part.failed), bands, own: parts[0].own };
  }

  close() {
    this.workers.forEach((worker) => worker.terminate());
    for (const reject of this.waiting) reject(new Error("closed"));
  }
}

const BAND = [0.1, 0.25, 0.5, 0.75, 0.9];

// Quantiles of the numbers in sorted lists, between neighbours as NumPy has them.
function quantiles(lists, shares) {
  const all = merged(lists);
  return shares.map((share) => {
    const place = share * (all.length - 1);
    const below = Math.floor(place);
    const above = Math.min(below + 1, all.length - 1);
    return all.length ? all[below] + (place - below) * (all[above] - all[below]) : NaN;
  });
}

function merged(lists) {
  let all = lists[0];
  for (const next of lists.slice(1)) {
    const out = new Float64Array(all.length + next.length);
    for (let i = 0, j = 0, k = 0; k < out.length; k++) {
      out[k] = j >= next.length || (i < all.length && all[i] <= next[j]) ? all[i++] : next[j++];
    }
    all = out;
  }
  return all;
}
