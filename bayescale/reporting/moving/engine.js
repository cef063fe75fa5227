// What a plan costs and brings, from the draws of a fit: the mathematics of the moving part.
// `makeEngine` knows nothing of the page; it takes what Python wrote beside it.
function makeEngine(data, lossOfAll) {
  const n = data.draws, names = data.law.inputs;
  const parameters = decode(data.law.parameters, Float64Array);
  const noise = data.noise === null ? null : decode(data.noise, Float32Array);
  const bend = data.bend === null ? null : makeBend(data.bend, n);
  const limits = data.limits, sizes = data.sizes, top = sizes.log_start + sizes.step * (sizes.train.length - 1);
  const LEAST_TOKENS = 1e3, MOST_TOKENS = 1e18, WITHIN = 1 - 1e-5;

  // ---- what a token costs, by size: cubic interpolation of logarithms ----
  function perToken(which, params) {
    const place = (Math.log(params) - sizes.log_start) / sizes.step, table = sizes[which];
    const i = Math.min(Math.max(Math.floor(place), 1), table.length - 3), t = place - i;
    const [a, b, c, d] = [table[i - 1], table[i], table[i + 1], table[i + 2]];
    const value = -a * t * (t - 1) * (t - 2) / 6 + b * (t + 1) * (t - 1) * (t - 2) / 2
      - c * (t + 1) * t * (t - 2) / 2 + d * (t + 1) * t * (t - 1) / 6;
    return Math.exp(value);
  }

  // ---- limits, as bayescale.planning.feasible has them ----
  const mostTokens = (ask) => ask.unique === null ? MOST_TOKENS
    : Math.min(ask.unique * (ask.epochs || (limits.repeats_priced ? Infinity : 1)), MOST_TOKENS);
  const freshTokens = (ask) => ask.unique === null || !limits.repeats_priced ? mostTokens(ask)
    : Math.min(ask.unique, mostTokens(ask));
  const allowed = (ask, params) => Math.min(mostTokens(ask), (limits.max_tokens_per_param || Infinity) * params);
  const serving = (ask, params) => ask.serving > 0 ? limits.serving_weight * ask.serving * perToken("serve", params) : 0;
  const affordable = (ask, params, flops) => (flops - serving(ask, params)) / perToken("train", params);
  const cost = (ask, params, tokens) => serving(ask, params) + perToken("train", params) * tokens;
  const tokensFor = (ask, params, flops) =>
    Math.max(Math.min(affordable(ask, params, flops), allowed(ask, params)), LEAST_TOKENS);

  // ---- the loss of every draw ----
  function losses(params, tokens, unique, out) {
    const columns = { params, tokens, unique_tokens: Math.min(tokens, unique === null ? Infinity : unique),
      flops: names.includes("flops") ? perToken("account", params) * tokens : 0, ...limits.inputs };
    lossOfAll(names.map((name, i) => columns[name] / data.law.reference[i]), parameters, n, out);
    if (bend !== null) bend(columns, out);
    return out;
  }

  const sort = (values) => Float64Array.from(values).sort();
  function quantile(sorted, share) {
    const place = share * (sorted.length - 1), i = Math.floor(place);
    return i + 1 < sorted.length ? sorted[i] + (place - i) * (sorted[i + 1] - sorted[i]) : sorted[i];
  }
  const mean = (values) => { let sum = 0; for (const value of values) sum += value; return sum / values.length; };
  function interval(values) {
    const sorted = sort(values), tail = (1 - data.prob) / 2;
    if (data.kind !== "hdi") return [quantile(sorted, tail), quantile(sorted, 1 - tail)];
    const wide = Math.max(1, Math.floor(data.prob * sorted.length));
    let best = [sorted[0], sorted[sorted.length - 1]];
    for (let i = 0; i + wide < sorted.length; i++)
      if (sorted[i + wide] - sorted[i] < best[1] - best[0]) best = [sorted[i], sorted[i + wide]];
    return best;
  }
  function judge(values) {
    if (data.risk.name === "mean") return mean(values);
    const sorted = sort(values);
    if (data.risk.name === "quantile") return quantile(sorted, data.risk.level);
    return mean(sorted.slice(-Math.max(1, Math.round((1 - data.risk.level) * n))));
  }

  // ---- searching, as bayescale.planning does ----
  const scratch = new Float64Array(n);
  // Where repeating may hurt, not all of a budget need be spent on a size.
  function spend(ask, params, flops) {
    if (data.falls_in_tokens) return flops;
    const most = Math.min(flops, cost(ask, params, allowed(ask, params)));
    const low = Math.log(Math.min(cost(ask, params, LEAST_TOKENS), most));
    const found = Math.exp(least((log) => raw(ask, params, Math.exp(log)), low, Math.log(most), 10, 8)[0]);
    if (ask.unique === null) return found;
    const once = Math.min(cost(ask, params, freshTokens(ask)), most);
    return raw(ask, params, once) <= raw(ask, params, found) ? once : found;
  }
  const raw = (ask, params, flops) => judge(losses(params, tokensFor(ask, params, flops), ask.unique, scratch));
  const value = (ask, params, flops) => raw(ask, params, spend(ask, params, flops));

  // The least of a function: the best of some points, then golden sections around it.
  function least(f, low, high, points, steps) {
    let best = low, lowest = Infinity;
    const gap = (high - low) / (points - 1);
    for (let i = 0; i < points; i++) {
      const at = low + i * gap, found = f(at);
      if (found < lowest) [best, lowest] = [at, found];
    }
    return golden(f, Math.max(low, best - gap), Math.min(high, best + gap), steps, best, lowest);
  }
  function golden(f, a, b, steps, best, lowest) {
    const g = (Math.sqrt(5) - 1) / 2;
    let c = b - g * (b - a), d = a + g * (b - a), fc = f(c), fd = f(d);
    for (let i = 0; i < steps; i++) {
      if (fc < fd) { b = d; d = c; fd = fc; c = b - g * (b - a); fc = f(c); }
      else { a = c; c = d; fc = fd; d = a + g * (b - a); fd = f(d); }
    }
    for (const [at, found] of [[c, fc], [d, fd]]) if (found < lowest) [best, lowest] = [at, found];
    return [best, lowest];
  }
  // Where a function turns positive, f(low) <= 0 < f(high): secants that stay between (Illinois).
  function root(f, low, high, steps, below = f(low), above = f(high)) {
    let side = 0;
    for (let i = 0; i < steps && Math.abs(high - low) > 1e-9; i++) {
      const at = isFinite(above) && above !== below ? (low * above - high * below) / (above - below) : (low + high) / 2;
      const found = f(at);
      if (Math.abs(found) < 1e-12) return at;
      if (found <= 0) { low = at; below = found; if (side < 0) above /= 2; side = -1; }
      else { high = at; above = found; if (side > 0) below /= 2; side = 1; }
    }
    return above === below ? low : (low * above - high * below) / (above - below);
  }

  const largestAllowed = limits.candidates.length ? limits.candidates[limits.candidates.length - 1]
    : limits.size_limited ? limits.most_params : null;
  // Below this size, more parameters on the same tokens are affordable.
  function crossing(flops, costOf) {
    const f = (log) => Math.log(costOf(Math.exp(log)) / flops);
    const low = f(LOWEST), high = f(HIGHEST);
    return low >= 0 ? LOWEST : high <= 0 ? HIGHEST : root(f, LOWEST, HIGHEST, 60, low, high);
  }
  function candidatesFor(ask, flops, low, high, step) {
    const found = [];
    if (limits.candidates.length) found.push(...limits.candidates.map(Math.log));
    else {
      const end = Math.min(high, Math.log(limits.most_params));
      const start = data.falls_in_params ? Math.min(Math.max(low, crossing(flops, (params) => cost(ask, params, allowed(ask, params)))), end) : low;
      for (let log = start; log < end + step; log += step) found.push(Math.min(log, end));
    }
    return found.filter((log) => affordable(ask, Math.exp(log), flops) >= LEAST_TOKENS);
  }
  const LOWEST = sizes.log_start + sizes.step, HIGHEST = top - 2 * sizes.step;

  // The best size on a budget, by the mean of all draws or what else the plan minimises.
  function best(ask, flops, low = LOWEST, high = HIGHEST, step = sizes.step, steps = 14) {
    const logs = candidatesFor(ask, flops, low, high, step);
    if (!logs.length) return null;
    const f = (log) => value(ask, Math.exp(log), flops), values = logs.map(f);
    let at = 0;
    for (let i = 1; i < logs.length; i++) if (values[i] < values[at]) at = i;
    let found = [logs[at], values[at]];
    if (!limits.candidates.length && logs.length > 1)
      found = golden(f, logs[Math.max(at - 1, 0)], logs[Math.min(at + 1, logs.length - 1)], steps, ...found);
    return { log: found[0], loss: found[1], logs, values };
  }

  // The smallest and the largest size that reach a target on a budget.
  function edges(ask, flops, found, target) {
    const f = (log) => value(ask, Math.exp(log), flops) - target, { logs, values } = found;
    const good = logs.filter((_, i) => values[i] <= target);
    if (limits.candidates.length) return [Math.min(found.log, ...good), Math.max(found.log, ...good)];
    const ends = [Math.min(found.log, ...good), Math.max(found.log, ...good)];
    const most = Math.min(HIGHEST, Math.log(limits.most_params), ...logs.slice(-1));
    return [outwards(f, ends[0], LOWEST, -0.3), outwards(f, ends[1], most, 0.3)];
  }
  // Where a function turns positive on the way from a point to an end.
  function outwards(f, start, end, step, steps = 5) {
    let at = start, value = f(at);
    if (value > 0) return start;  // by rounding alone
    while (at !== end) {
      const next = step < 0 ? Math.max(at + step, end) : Math.min(at + step, end), found = f(next);
      if (found > 0) return root(f, at, next, steps, value, found);
      [at, value] = [next, found];
    }
    return end;
  }

  // The log of the least compute with which a size reaches a target.
  function needed(ask, log, mostLog, target) {
    const params = Math.exp(log), f = (spent) => raw(ask, params, Math.exp(spent)) - target;
    const most = Math.log(spend(ask, params, Math.min(Math.exp(mostLog), cost(ask, params, allowed(ask, params)))));
    if (f(most) > 1e-6 * target) return Infinity;
    return outwards(f, most, Math.min(Math.log(cost(ask, params, LEAST_TOKENS)), most), -0.4);
  }

  // The cheapest split within the tolerance where a limit is met; see bayescale.planning.thrift.
  function thrifty(ask, flops, found) {
    const target = (1 + data.tolerance) * found.loss, params = Math.exp(found.log);
    const tokens = tokensFor(ask, params, spend(ask, params, flops));
    const met = (ask.unique !== null && tokens >= WITHIN * freshTokens(ask)) || params >= WITHIN * (largestAllowed || Infinity);
    const idle = !met && value(ask, params, flops / 2) <= target * (1 + 2 * data.tolerance);
    const whole = { params, flops: spend(ask, params, flops) };
    if (!met && !idle) return whole;
    const most = Math.log(flops), [low, high] = edges(ask, flops, found, target);
    const f = (log) => needed(ask, log, most, target);
    const [log, spent] = limits.candidates.length
      ? limits.candidates.map((size) => [Math.log(size), f(Math.log(size))]).sort((a, b) => a[1] - b[1])[0]
      : least(f, low, high, 8, 5);
    if (!isFinite(spent)) return whole;
    if (met) {
      const first = firstMet(ask, flops);
      return Math.exp(spent) >= first.flops ? { params: Math.exp(log), flops: Math.exp(spent) } : first;
    }
    const share = spent - most, weight = Math.min(Math.max((share - Math.log(.25)) / Math.log(2), 0), 1);
    const part = Math.exp(spent - weight * share), there = best(ask, part);
    return { params: Math.exp(there.log), flops: spend(ask, Math.exp(there.log), part) };
  }
  // The split of the budget at which the first limit is met.
  function firstMet(ask, flops) {
    const step = 1e-4, corners = [];
    const back = (f, start, end) => start <= end || f(start) <= 0 ? start : outwards((log) => -f(log), start, end, -0.4, 8);
    if (ask.unique !== null) {
      const fresh = freshTokens(ask), ratio = limits.max_tokens_per_param || Infinity;
      const f = (log) => {
        const spent = cost(ask, Math.exp(log), fresh);
        return raw(ask, Math.exp(log + step), spent) - raw(ask, Math.exp(log), spent);
      };
      const most = crossing(flops, (params) => cost(ask, params, fresh));
      const params = Math.exp(back(f, most, Math.max(LOWEST, Math.log(fresh / ratio))));
      corners.push({ params, flops: cost(ask, params, fresh) });
    }
    if (largestAllowed !== null) {
      const f = (log) => {
        const spent = cost(ask, largestAllowed, Math.exp(log));
        return raw(ask, largestAllowed * Math.exp(-step), spent) - raw(ask, largestAllowed, spent);
      };
      const most = Math.min(affordable(ask, largestAllowed, flops), allowed(ask, largestAllowed));
      const tokens = Math.exp(back(f, Math.log(Math.max(most, LEAST_TOKENS)), Math.log(LEAST_TOKENS)));
      corners.push({ params: largestAllowed, flops: cost(ask, largestAllowed, tokens) });
    }
    const first = corners.sort((a, b) => a.flops - b.flops)[0];
    return { params: first.params, flops: Math.min(first.flops, flops) };
  }

  // The size at which each draw has its least loss on the whole budget.
  function bestOfEach(ask, flops, logs) {
    const lowest = new Float64Array(n).fill(Infinity), at = new Int32Array(n), all = [];
    logs.forEach((log, k) => {
      const params = Math.exp(log);
      const found = losses(params, tokensFor(ask, params, spend(ask, params, flops)), ask.unique, new Float64Array(n));
      all.push(found);
      for (let i = 0; i < n; i++) if (found[i] < lowest[i]) { lowest[i] = found[i]; at[i] = k; }
    });
    const params = Float64Array.from(at, (k, i) => {
      if (k === 0 || k === logs.length - 1) return Math.exp(logs[k]);
      const [a, b, c] = [all[k - 1][i], all[k][i], all[k + 1][i]], curve = a - 2 * b + c;
      const shift = curve > 0 ? (a - c) / (2 * curve) : 0;
      return Math.exp(logs[k] + shift * (logs[k + 1] - logs[k]));
    });
    return { params, all };
  }

  // ---- the answers ----
  function plan(ask) {
    const found = best(ask, ask.flops);
    if (found === null) return null;
    const choice = thrifty(ask, ask.flops, found), tokens = tokensFor(ask, choice.params, choice.flops);
    const spent = cost(ask, choice.params, tokens), drawn = losses(choice.params, tokens, ask.unique, new Float64Array(n));
    const near = edges(ask, ask.flops, found, (1 + data.tolerance) * found.loss).map(Math.exp);
    const each = bestOfEach(ask, ask.flops, found.logs);
    const share = Math.min(spent / ask.flops, 1);
    return {
      params: choice.params, tokens, tokens_per_param: tokens / choice.params,
      epochs: ask.unique === null ? null : tokens / ask.unique,
      spent, share, loss: [mean(drawn), ...interval(drawn)],
      single: noise === null ? null : interval(drawn.map((loss, i) => loss * Math.exp(noise[i]))),
      best: share < .999 || limits.candidates.length ? null : interval(each.params), near,
      valley: found.logs.map((log, k) => [Math.exp(log), mean(each.all[k]), ...interval(each.all[k])]),
    };
  }
  // The loss against compute, each budget split as well as it can be.
  function curve(ask, budgets) {
    let before = null;
    const points = [];
    for (const flops of budgets) {
      const [low, high] = before === null ? [LOWEST, HIGHEST] : [before - 2.5, before + 4];
      const found = best(ask, flops, Math.max(low, LOWEST), Math.min(high, HIGHEST), before === null ? sizes.step : .7, 5);
      if (found === null) continue;
      before = found.log;
      const params = Math.exp(found.log);
      losses(params, tokensFor(ask, params, spend(ask, params, flops)), ask.unique, scratch);
      points.push([flops, mean(scratch), ...interval(scratch)]);
    }
    return points;
  }
  return { losses: (params, tokens, unique) => losses(params, tokens, unique, new Float64Array(n)), plan, curve, perToken };
}

// How each draw bends away from its law: a Gaussian process over a grid, as
// bayescale.model.bending has it.
function makeBend(bend, n) {
  const root = decode(bend.root, Float64Array), shape = decode(bend.shape, Float32Array);
  const grid = bend.grid, modes = grid.length, near = new Float64Array(modes), weights = new Float64Array(modes);
  return (columns, out) => {
    const logs = bend.columns.map((name) => Math.log10(columns[name])), box = bend.box;
    const above = logs.map((log, k) => Math.max(log, box[k][0])), flops = bend.columns.indexOf("flops");
    const total = flops >= 0 ? above[flops] : above.reduce((sum, log) => sum + log, 0);
    const inside = logs.map((log, k) => Math.min(Math.max(log, box[k][0]), box[k][1]));
    for (let j = 0; j < modes; j++) {
      let square = 0;
      for (let k = 0; k < inside.length; k++) square += (inside[k] - grid[j][k]) ** 2;
      const scaled = Math.sqrt(5 * square) / bend.length;
      near[j] = (1 + scaled + scaled * scaled / 3) * Math.exp(-scaled);
    }
    const amplitude = 10 ** (bend.slope * (bend.top - total));
    for (let j = 0; j < modes; j++) {
      let sum = 0;
      for (let k = 0; k < modes; k++) sum += near[k] * root[k * modes + j];
      weights[j] = amplitude * sum;
    }
    for (let i = 0; i < n; i++) {
      let delta = 0;
      for (let j = 0, at = i * modes; j < modes; j++) delta += weights[j] * shape[at + j];
      out[i] *= Math.exp(delta);
    }
  };
}

function decode(text, Kind) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Kind(bytes.buffer);
}
