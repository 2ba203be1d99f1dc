'use strict';
// Formats of numbers, and descriptions of the columns of the table of runs.

mho.round = (value, digits) => {
  const text = Number(value.toPrecision(digits));
  return Math.abs(text) >= 1e6 || (text !== 0 && Math.abs(text) < 1e-4) ? value.toExponential(digits - 1) : String(text);
};

// Prefix of a unit for numbers of the magnitude of `value`: [factor, letter].
mho.prefix = function (value) {
  const letters = { '-18': 'a', '-15': 'f', '-12': 'p', '-9': 'n', '-6': 'µ', '-3': 'm', 0: '', 3: 'k', 6: 'M', 9: 'G', 12: 'T', 15: 'P' };
  if (!value) return [1, ''];
  // Rounds first, so that 999.96 ns becomes 1 µs.
  const rounded = Number(Math.abs(value).toPrecision(4));
  const exponent = Math.max(-18, Math.min(15, 3 * Math.floor(Math.log10(rounded) / 3 + 1e-12)));
  return [10 ** exponent, letters[exponent]];
};

// Units with prefixes. All others follow the plain number.
mho.prefixed = new Set(['s', 'J', 'W', '/s', 'tokens/s', 'Hz']);

mho.figure = function (value, unit, digits = 4) {
  if (value === null || value === undefined) return '–';
  if (!mho.prefixed.has(unit)) return mho.round(value, digits) + (unit ? ' ' + unit : '');
  const [factor, letter] = mho.prefix(value);
  return mho.round(value / factor, digits) + (unit === '/s' && !letter ? '' : ' ') + letter + unit;
};

mho.percent = (share, digits = 4) => (share === null || share === undefined ? '–' : mho.round(100 * share, digits) + ' %');
mho.shares = new Set(['top1', 'top5', 'f1']);
mho.less_is_better = new Set(['nats', 'mse']);
// Text of an accuracy, as everywhere in mho: percent with two decimals. Halves are rounded up, even if the nearest double is slightly smaller.
mho.score = function (value, metric) {
  if (value === null || value === undefined) return '–';
  return mho.shares.has(metric) ? (100 * value * (1 + 1e-12)).toFixed(2) + ' %' : mho.round(value, 4) + ' ' + metric;
};

// Text of an age, the time since programming: 1 s, 1 h, 1 d, 1 y.
mho.age = function (seconds) {
  for (const [length, unit] of [[31536000, 'y'], [86400, 'd'], [3600, 'h']]) {
    if (seconds >= length && Math.abs(seconds / length - Math.round(seconds / length)) < 1e-9) return Math.round(seconds / length) + ' ' + unit;
  }
  return mho.figure(seconds, 's', 3);
};

// Shortens a long name in the middle, because both ends distinguish names.
mho.short = (name, most) => (name.length <= most ? name : name.slice(0, Math.ceil((most - 1) / 2)) + '…' + name.slice(name.length - Math.floor((most - 1) / 2)));

// Columns of the table of runs. better: 1 if more is better, -1 if less is, 0 if neither. kind: a unit, or 'share', 'score', 'count', 'text', 'plain'
// (a setting in the unit of design files).
mho.columns = [
  { key: 'run', title: 'run', kind: 'count', better: 0 },
  { key: 'name', title: 'name', kind: 'text' },
  { key: 'network', title: 'network', kind: 'text' },
  { key: 'data', title: 'data', kind: 'text' },
  { key: 'design', title: 'design', kind: 'text' },
  { key: 'differs', title: 'differs in', kind: 'text' },
  { key: 'first_accuracy', title: 'accuracy, first time', kind: 'score', better: 1 },
  { key: 'last_accuracy', title: 'accuracy, last time', kind: 'score', better: 1 },
  { key: 'latency_s', title: 'latency', kind: 's', better: -1 },
  { key: 'throughput_per_s', title: 'throughput', kind: '/s', better: 1 },
  { key: 'energy_per_inference_j', title: 'energy per inference', kind: 'J', better: -1 },
  { key: 'average_power_w', title: 'average power', kind: 'W', better: -1 },
  { key: 'area_mm2', title: 'area', kind: 'mm²', better: -1 },
  { key: 'tops_per_watt', title: 'efficiency', kind: 'TOPS/W', better: 1 },
  { key: 'tiles', title: 'tiles', kind: 'count', better: -1 },
  { key: 'utilisation', title: 'cells used', kind: 'share', better: 1 },
  { key: 'float_accuracy', title: 'accuracy in float', kind: 'score', better: 1 },
  { key: 'interval_s', title: 'interval', kind: 's', better: -1 },
  { key: 'single_shot_energy_j', title: 'energy of a single inference', kind: 'J', better: -1 },
  { key: 'leakage_w', title: 'leakage', kind: 'W', better: -1 },
  { key: 'seed', title: 'seed', kind: 'count', better: 0 },
  { key: 'reason', title: 'refused because', kind: 'text' },
  { key: 'fidelity', title: 'fidelity', kind: 'text' },
  { key: 'bottleneck_kind', title: 'held up by', kind: 'text' },
  { key: 'wall_s', title: 'time of the run', kind: 's', better: -1 },
  { key: 'created', title: 'created (UTC)', kind: 'text' },
  { key: 'version', title: 'mho', kind: 'text' },
];

// Adds the tags as columns after the names.
mho.find_tags = function () {
  const keys = [...new Set(mho.runs.flatMap((run) => Object.keys(run).filter((key) => key.startsWith('tag '))))];
  const place = mho.columns.findIndex((column) => column.key === 'design') + 1;
  mho.columns.splice(place, 0, ...keys.map((key) => ({ key, title: key.slice(4), kind: 'text', tag: true })));
};

mho.column = (key) => mho.columns.find((column) => column.key === key);
// Whether more (1), less (-1) or neither (0) of a column is better for runs with the metric of `run`.
mho.direction = (column, run) => (column.kind === 'score' && mho.less_is_better.has(run.metric) ? -1 : column.better || 0);

mho.cell = function (run, column) {
  const value = run[column.key];
  if (value === null || value === undefined) return '–';
  if (column.kind === 'text') return String(value);
  if (column.kind === 'score') return mho.score(value, run.metric);
  if (column.kind === 'share') return mho.percent(value);
  if (column.kind === 'count') return String(value);
  if (column.kind === 'plain') return column.unit ? `${value} ${column.unit}` : String(value);
  return mho.figure(value, column.kind);
};

// Finds the settings in which the runs of the page differ: {key: {unit, values by run}}. Each becomes a column and an axis.
mho.find_differences = function () {
  const values = new Map();
  for (const run of mho.runs) {
    for (const row of run.section('parameter')) {
      if (!values.has(row.key)) values.set(row.key, { unit: row.unit, cells: new Array(mho.runs.length).fill(null) });
      values.get(row.key).cells[run.index] = row.value;
    }
  }
  mho.differing = [...values.keys()].filter((key) => values.get(key).cells.some((cell) => cell !== values.get(key).cells[0]));
  for (const key of mho.differing) {
    const { unit, cells } = values.get(key);
    const numbers = cells.every((cell) => cell === null || typeof cell === 'number');
    mho.columns.push({ key: 'set ' + key, title: key, kind: numbers ? 'plain' : 'text', unit, better: 0, setting: true });
    for (const run of mho.runs) run['set ' + key] = cells[run.index];
  }
  // Each run is compared with the most frequent value of each setting.
  const usual = {};
  for (const key of mho.differing) {
    const counts = new Map();
    for (const cell of values.get(key).cells) counts.set(cell, (counts.get(cell) || 0) + 1);
    usual[key] = [...counts].sort((a, b) => b[1] - a[1])[0][0];
  }
  for (const run of mho.runs) {
    run.differs = mho.differing.filter((key) => run['set ' + key] !== usual[key]).map((key) => `${key}=${run['set ' + key]}`).join(', ');
  }
};
