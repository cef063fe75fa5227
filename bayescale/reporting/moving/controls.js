// The moving part of the page: reads the sliders and fields, asks the engine, writes and draws.
(function () {
  const data = JSON.parse(document.getElementById("moving-data").textContent);
  const engine = makeEngine(data, lossOfAll);
  const part = document.getElementById("moving"), ask = { ...data.start };
  const byId = (id) => document.getElementById(id);

  // ---- numbers as people write them ----
  const SUFFIXES = { K: 1e3, M: 1e6, B: 1e9, T: 1e12 };
  function human(value, digits = 3) {
    if (value === 0 || !isFinite(value)) return String(value);
    const rounded = Number(value.toExponential(digits - 1)), size = Math.abs(rounded);
    if (size >= 1e3 && size < 1e15) {
      const [suffix, unit] = Object.entries(SUFFIXES).filter((item) => item[1] <= size).pop();
      return String(Number((rounded / unit).toPrecision(digits))) + suffix;
    }
    return size >= 1e15 || size < 1e-4 ? rounded.toExponential().replace("e+", "e") : String(Number(rounded.toPrecision(digits)));
  }
  function parse(text) {
    const found = /^\s*([\d.,_ ]*\d[\d.]*(?:e[+-]?\d+)?)\s*([kmbt])?\s*$/i.exec(text);
    if (!found) return NaN;
    return Number(found[1].replace(/[,_ ]/g, "")) * (found[2] ? SUFFIXES[found[2].toUpperCase()] : 1);
  }
  const decimals = (spread) => spread > 1e-9 ? Math.max(0, 1 - Math.floor(Math.log10(spread))) : 3;
  const percent = (share) => 100 * share < 10 ? `${Number((100 * share).toPrecision(2))}%` : `${Math.round(100 * share)}%`;
  const fixed = (value, places) => value.toFixed(places).replace("-", "\u2212");
  function dollars(value) { return "$" + human(value); }

  // ---- what is asked: one row a control ----
  const perHour = data.hardware ? data.hardware.flops_per_hour : null;
  const price = data.hardware ? data.hardware.price : null;
  const range = (at) => [at / data.reach, at * data.reach];
  const controls = {
    flops: { range: range(ask.flops), none: null },
    unique: { range: range(ask.unique || data.typical_tokens), none: "last" },
    epochs: { range: [1, 100], none: data.limits.repeats_priced ? "last" : null },
    serving: { range: range(ask.serving || data.typical_tokens), none: "first" },
  };
  const nothing = { unique: null, epochs: null, serving: 0 };
  if (ask.epochs === null && !data.limits.repeats_priced) ask.epochs = 1;
  const STEPS = 400;
  function place(name) {  // from a value to the place of the slider
    const { range: [low, high], none } = controls[name], value = ask[name];
    if (value === null || value === 0) return none === "first" ? 0 : STEPS;
    const share = Math.log(value / low) / Math.log(high / low), room = none === "first" ? 1 : 0;
    return Math.min(Math.max(Math.round(room + share * (STEPS - (none ? 1 : 0))), room), STEPS - (none === "last" ? 1 : 0));
  }
  function valueAt(name, at) {  // and back
    const { range: [low, high], none } = controls[name];
    if (none === "last" && at >= STEPS || none === "first" && at <= 0) return nothing[name];
    const share = (at - (none === "first" ? 1 : 0)) / (STEPS - (none ? 1 : 0));
    return Number((low * Math.exp(share * Math.log(high / low))).toPrecision(3));
  }
  const WORDS = { unique: "no limit", epochs: "as many as are best", serving: "none" };
  const written = (name) => ask[name] === null || ask[name] === 0 ? "" : human(ask[name]);

  function show(skip) {
    for (const name of Object.keys(controls)) {
      const slider = byId(`slide-${name}`), field = byId(`field-${name}`);
      if (slider !== skip) slider.value = place(name);
      slider.setAttribute("aria-valuetext", written(name) || WORDS[name]);
      if (field !== skip) { field.value = written(name); field.placeholder = WORDS[name] || ""; }
      field.removeAttribute("aria-invalid");
    }
    for (const [id, unit] of [["field-hours", perHour], ["field-dollars", perHour && price ? perHour / price : null]]) {
      const field = byId(id);
      if (field && field !== skip) { field.value = human(ask.flops / unit); field.removeAttribute("aria-invalid"); }
    }
    byId("row-epochs").classList.toggle("idle", ask.unique === null);
  }
  function changed(from) { show(from); schedule(); }
  for (const name of Object.keys(controls)) {
    byId(`slide-${name}`).max = STEPS;
    byId(`slide-${name}`).addEventListener("input", (event) => { ask[name] = valueAt(name, Number(event.target.value)); changed(event.target); });
    listen(`field-${name}`, (value) => { ask[name] = value; }, name !== "flops" ? () => { ask[name] = name === "epochs" && !data.limits.repeats_priced ? 1 : nothing[name]; } : null);
  }
  listen("field-hours", (value) => { ask.flops = value * perHour; });
  listen("field-dollars", (value) => { ask.flops = value * perHour / price; });
  function listen(id, set, clear = null) {
    const field = byId(id);
    if (!field) return;
    field.addEventListener("input", () => {
      const value = parse(field.value);
      if (field.value.trim() === "" && clear) clear();
      else if (isFinite(value) && value > 0) set(value);
      else { field.setAttribute("aria-invalid", "true"); return; }
      changed(field);
    });
    field.addEventListener("change", () => show(null));
  }
  byId("moving-reset").addEventListener("click", () => {
    Object.assign(ask, data.start);
    if (ask.epochs === null && !data.limits.repeats_priced) ask.epochs = 1;
    changed(null);
  });

  // ---- what is answered ----
  let waiting = false, kept = { key: null, points: [] };
  function schedule() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; redraw(); });
  }
  function redraw() {
    const start = performance.now(), found = engine.plan(ask);
    part.classList.toggle("impossible", found === null);
    if (found === null) {
      say("answer", "No model can be trained on this: the budget is too small, or serving takes all of it.");
      return;
    }
    answer(found);
    const key = JSON.stringify([ask.unique, ask.epochs, ask.serving]), [low, high] = controls.flops.range;
    if (kept.key !== key) {
      const least = Math.min(low, (data.runs.largest || low) / 300), budgets = Array.from({ length: 20 }, (_, i) => least * (high / least) ** (i / 19));
      kept = { key, points: engine.curve(ask, budgets) };
    }
    drawCurve(found);
    drawValley(found);
    part.dataset.milliseconds = (performance.now() - start).toFixed(1);
  }
  const say = (id, text) => { byId(`moving-${id}`).textContent = text; };
  function answer(found) {
    const [middle, low, high] = found.loss, places = decimals(high - low), share = percent(data.prob);
    say("params", human(found.params));
    say("params-range", found.best ? `the best size lies at ${human(found.best[0])} to ${human(found.best[1])}`
      : `as good: ${human(found.near[0])} to ${human(found.near[1])}`);
    say("tokens", human(found.tokens));
    say("tokens-range", `${human(found.tokens_per_param)} for each parameter` + (found.epochs === null ? "" : `, ${human(found.epochs)} epochs`));
    say("loss", fixed(middle, places));
    say("loss-range", `${fixed(low, places)} to ${fixed(high, places)}`);
    if (found.single) say("single", `${fixed(found.single[0], places)} to ${fixed(found.single[1], places)}`);
    say("cost", `${human(found.spent)} FLOPs`);
    const costs = perHour ? [`${human(found.spent / perHour)} GPU hours`] : [];
    if (price) costs.push(dollars(found.spent / perHour * price));
    if (found.share < .999) costs.push(`${percent(found.share)} of the budget: more buys nothing`);
    say("cost-range", costs.join(", "));
    say("answer", `Train ${human(found.params)} parameters on ${human(found.tokens)} tokens: a loss of ${fixed(middle, places)}, `
      + `with ${share} probability ${fixed(low, places)} to ${fixed(high, places)}.`);
  }

  // ---- charts: SVG in the size that the page has room for, so that text stays readable ----
  const POWERS = { "-": "\u207b", 0: "\u2070", 1: "\u00b9", 2: "\u00b2", 3: "\u00b3", 4: "\u2074", 5: "\u2075", 6: "\u2076", 7: "\u2077", 8: "\u2078", 9: "\u2079" };
  const tick = (value) => value < 1e15 ? human(value) : (/^1e/.test(value.toExponential()) ? "" : value.toExponential()[0] + "\u00d7") + "10" + String(Math.floor(Math.log10(value) + 1e-9)).replace(/./g, (digit) => POWERS[digit]);
  function axes(id, xs, ys, label) {
    const svg = byId(id), width = Math.max(svg.parentNode.clientWidth, 240), height = Math.min(320, 120 + width * .42);
    const box = { left: 46, right: 12, top: 18, bottom: 40 };
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const [x0, x1] = [Math.log(Math.min(...xs)), Math.log(Math.max(...xs))];
    let [y0, y1] = [Math.min(...ys), Math.max(...ys)];
    const pad = .06 * (y1 - y0) || .01;
    [y0, y1] = [y0 - pad, y1 + pad];
    const x = (value) => box.left + (Math.log(value) - x0) / (x1 - x0) * (width - box.left - box.right);
    const y = (value) => height - box.bottom - (value - y0) / (y1 - y0) * (height - box.top - box.bottom);
    const parts = [], bottom = height - box.bottom;
    const decades = (x1 - x0) / Math.log(10), every = Math.max(1, Math.ceil(decades / Math.max(2, width / 75)));
    const within = decades < 1.2 ? [1, 2, 5] : decades < 3 ? [1, 3] : [1];
    for (let power = Math.floor(x0 / Math.log(10)); power <= x1 / Math.log(10); power += every)
      for (const digit of within) {
        const value = digit * 10 ** power, at = x(value);
        if (at < box.left - 1 || at > width - box.right + 1) continue;
        parts.push(`<line class="grid" x1="${at}" x2="${at}" y1="${box.top}" y2="${bottom}"/><text x="${at}" y="${bottom + 16}" text-anchor="middle">${tick(value)}</text>`);
      }
    const rough = (y1 - y0) / 5, ten = 10 ** Math.floor(Math.log10(rough)), gap = [1, 2, 5, 10].map((m) => m * ten).find((g) => g >= rough);
    const places = Math.max(0, -Math.floor(Math.log10(gap)));
    for (let value = Math.ceil(y0 / gap) * gap; value <= y1; value += gap)
      parts.push(`<line class="grid" x1="${box.left}" x2="${width - box.right}" y1="${y(value)}" y2="${y(value)}"/><text x="${box.left - 6}" y="${y(value) + 4}" text-anchor="end">${fixed(value, places)}</text>`);
    parts.push(`<text x="${(box.left + width - box.right) / 2}" y="${height - 4}" text-anchor="middle" class="label">${label}</text>`,
      `<text x="${box.left - 40}" y="11" class="label">loss</text>`);
    return { svg, x, y, parts, left: box.left, right: width - box.right, top: box.top, bottom, inside: (value) => x(value) >= box.left - 1 && x(value) <= width - box.right + 1 };
  }
  const path = (frame, rows, column) => rows.map((row, i) => `${i ? "L" : "M"}${frame.x(row[0]).toFixed(1)} ${frame.y(row[column]).toFixed(1)}`).join("");
  function band(frame, rows) {
    const back = [...rows].reverse();
    return `<path class="band" d="${path(frame, rows, 2)}${path(frame, back, 3).replace("M", "L")}Z"/><path class="line" d="${path(frame, rows, 1)}"/>`;
  }
  function whisker(frame, at, [middle, low, high]) {
    const x = frame.x(at);
    return `<line class="whisker" x1="${x}" x2="${x}" y1="${frame.y(low)}" y2="${frame.y(high)}"/><circle class="plan" cx="${x}" cy="${frame.y(middle)}" r="5"/>`;
  }
  function words(frame, at, y, text, extra = "") {
    const x = frame.x(at), end = x > (frame.left + frame.right) / 2;
    return `<text class="direct ${extra}" x="${x + (end ? -8 : 8)}" y="${y}" text-anchor="${end ? "end" : "start"}">${text}</text>`;
  }
  function drawCurve(found) {
    const points = kept.points.filter((point) => isFinite(point[1])), runs = data.runs;
    if (points.length < 2) return;
    const xs = [points[0][0], points[points.length - 1][0], ask.flops];
    const lowest = Math.min(...points.map((point) => point[2])), highest = Math.max(...points.map((point) => point[3]));
    const shown = runs.flops.map((flops, i) => [flops, runs.loss[i]]).filter(([flops, loss]) => flops >= Math.min(...xs) && loss <= highest + .5 * (highest - lowest));
    const frame = axes("moving-curve", xs, [lowest, highest, found.loss[1], found.loss[2], ...shown.map((run) => run[1])], "FLOPs of the budget");
    const largest = runs.largest;
    if (largest && frame.inside(largest))
      frame.parts.unshift(`<rect class="beyond" x="${frame.x(largest)}" y="${frame.top}" width="${frame.right - frame.x(largest)}" height="${frame.bottom - frame.top}"/>`,
        words(frame, largest, frame.bottom - 8, frame.x(largest) > (frame.left + frame.right) / 2 ? "runs end here" : "beyond the runs", "warn"));
    frame.parts.push(band(frame, points), ...shown.map((run) => `<circle class="run" cx="${frame.x(run[0]).toFixed(1)}" cy="${frame.y(run[1]).toFixed(1)}" r="2.5"/>`),
      whisker(frame, ask.flops, found.loss), words(frame, ask.flops, frame.y(found.loss[2]) - 8 < frame.top + 10 ? frame.y(found.loss[1]) + 18 : frame.y(found.loss[2]) - 8, "this plan"));
    frame.svg.innerHTML = frame.parts.join("");
  }
  function drawValley(found) {
    const middle = Math.log(found.params), limit = found.loss[0] + Math.max(8 * (found.loss[2] - found.loss[1]) / 4, .05 * found.loss[0]);
    const rows = found.valley.filter((row) => Math.abs(Math.log(row[0]) - middle) < 4.7 && row[1] < limit);
    if (rows.length < 2) { byId("moving-valley").innerHTML = ""; return; }
    const frame = axes("moving-valley", [rows[0][0], rows[rows.length - 1][0], found.params], [...rows.flatMap((row) => [row[2], row[3]]), ...found.loss], "parameters, on the whole budget");
    const [left, right] = found.near.map((size) => Math.min(Math.max(frame.x(size), frame.left), frame.right));
    frame.parts.push(`<rect class="near" x="${left}" y="${frame.top}" width="${Math.max(right - left, 1)}" height="${frame.bottom - frame.top}"/>`,
      band(frame, rows), whisker(frame, found.params, found.loss),
      `<text class="direct good" x="${(left + right) / 2}" y="${frame.top + 12}" text-anchor="middle">as good</text>`);
    frame.svg.innerHTML = frame.parts.join("");
  }
  part.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  // Browsers that do not open folded parts in print by the style sheet do it here.
  const folded = () => document.querySelectorAll("details:not([open])");
  let opened = [];
  addEventListener("beforeprint", () => { opened = [...folded()]; opened.forEach((each) => { each.open = true; }); });
  addEventListener("afterprint", () => opened.forEach((each) => { each.open = false; }));
  part.hidden = false;
  byId("moving-without").hidden = true;
  show(null);
  redraw();
  addEventListener("resize", schedule);
  window.bayescale = { engine, data, ask, redraw };
})();
