'use strict';
// The page of two runs: their different settings and the effects.

// Differences of accuracy between paired programming instances, by time: mean with its 95 % interval. Empty if the runs differ in seed, data,
// samples, repeats or metric.
mho.paired = function (a, b) {
  const same = ['seed', 'data_hash', 'first_sample', 'samples', 'repeats', 'metric'].every((key) => a[key] === b[key]);
  const chips = [a, b].map((run) => run.section('programmed'));
  if (!same || !chips[0].length) return [];
  const reach = Object.fromEntries(a.section('accuracy').map((row) => [row.time_s, row.reach]));
  return chips[0].flatMap((row) => {
    const other = chips[1].find((one) => one.time_s === row.time_s);
    if (!other) return [];
    const differences = row.values_json.map((value, k) => other.values_json[k] - value);
    const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
    if (differences.length < 2) return [{ time_s: row.time_s, mean, reach: null }];
    const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (differences.length - 1);
    return [{ time_s: row.time_s, mean, reach: reach[row.time_s] * Math.sqrt(variance / differences.length) }];
  });
};

// Pairs the rows of two tables by name.
mho.beside = function (a, b, name) {
  const of = (rows) => new Map(rows.map((row) => [name(row), row]));
  const first = of(a), second = of(b);
  return [...new Set([...first.keys(), ...second.keys()])].map((key) => ({ key, a: first.get(key), b: second.get(key) }));
};

mho.ratio = (a, b) => (a && b ? `${mho.round(b / a, 4)} ×` : '–');

mho.compare_view = function (a, b) {
  const titles = [`run ${a.run}`, `run ${b.run}`];
  const changed = mho.beside(a.section('parameter'), b.section('parameter'), (row) => row.key).filter(({ a: x, b: y }) => !x || !y || x.value !== y.value);
  const text = (row) => (row ? `${row.value}${row.unit ? ' ' + row.unit : ''}` : 'not there');
  const facts = [['network', 'network'], ['network_hash', 'network, its content'], ['data', 'data'], ['data_hash', 'data, their content'], ['name', 'name'], ['design', 'design'], ['seed', 'seed'],
    ['samples', 'samples'], ['repeats', 'programmed chips'], ['fidelity', 'fidelity'], ['version', 'mho']].filter(([key]) => a[key] !== b[key]);
  const what = mho.section('What changed', { wide: true }, changed.length + facts.length ? mho.table('settings and inputs that differ', [
    { title: 'what', cell: (row) => row.what }, { title: titles[0], cell: (row) => row.a }, { title: titles[1], cell: (row) => row.b }, { title: 'origin', cell: (row) => row.origin }],
  [...facts.map(([key, title]) => ({ what: title, a: String(a[key] ?? '–'), b: String(b[key] ?? '–'), origin: '' })),
    ...changed.map(({ key, a: x, b: y }) => ({ what: key, a: text(x), b: text(y), origin: [...new Set([x?.origin, y?.origin])].filter((one) => one && one !== 'default').join('; ') }))])
    : mho.element('p', {}, 'Nothing: both have the same settings, network and data.'));

  const bands = [a, b].map((run) => Object.fromEntries(run.section('band').map((band) => [band.figure, band])));
  const figures = mho.columns.filter((column) => column.better && !column.setting && column.key !== 'wall_s' && (a[column.key] !== null || b[column.key] !== null));
  const verdict = (column) => {
    const [x, y] = [a[column.key], b[column.key]];
    if (typeof x !== 'number' || typeof y !== 'number') return '';
    if (x === y) return 'the same';
    const gains = mho.direction(column, a) * (y - x) > 0;
    return mho.element('span', { class: gains ? 'better' : 'worse' }, gains ? '▲ better' : '▼ worse');
  };
  // A figure with its band in brackets.
  const with_band = (text, band, kind) => (band && band.high > band.low ? mho.element('span', {}, text, mho.element('span', { class: 'band' },
    ` (${mho.figure(band.low, kind, 3)} to ${mho.figure(band.high, kind, 3)})`)) : text);
  const did = mho.section('What it did', { wide: true }, mho.table('in brackets where 90 % of such chips lie; what a model gets wrong it gets wrong in both', [
    { title: 'figure', cell: (column) => column.title },
    ...[a, b].map((run, k) => ({ title: titles[k], number: true, cell: (column) => with_band(mho.cell(run, column), bands[k][column.key], column.kind), value: (column) => run[column.key] })),
    { title: `${titles[1]} over ${titles[0]}`, number: true, cell: (column) => mho.ratio(a[column.key], b[column.key]) }, { title: '', cell: verdict }], figures));

  const pairs = mho.paired(a, b);
  const share = mho.shares.has(a.metric);
  const points = (value) => (share ? `${mho.round(100 * value, 3)} points` : mho.round(value, 4));
  const accuracy = pairs.length ? mho.section('Accuracy, chip by chip', {}, mho.table(`${titles[1]} minus ${titles[0]}, the same ${a.repeats} seeds and ${a.samples} samples; 95 % intervals`, [
    { title: 'after', cell: (row) => mho.age(row.time_s) }, { title: 'difference', number: true, cell: (row) => points(row.mean), value: (row) => row.mean },
    { title: 'interval', number: true, cell: (row) => (row.reach === null ? '–' : `${points(row.mean - row.reach)} to ${points(row.mean + row.reach)}`) },
    { title: '', cell: (row) => (row.reach === null ? 'a single chip' : Math.abs(row.mean) > row.reach ? 'decided' : 'undecided') }], pairs)) : null;

  const difference_section = (title, unit, rows) => {
    const parts = rows.map(({ key, x, y }) => ({ key, x, y, change: y - x })).filter((row) => row.change !== 0).sort((p, q) => Math.abs(q.change) - Math.abs(p.change));
    if (!parts.length) return null;
    return mho.section(title, {}, mho.bars(`${titles[1]} minus ${titles[0]}`, unit, parts.map((row) => ({ name: row.key, parts: [row.change],
      note: (row.change > 0 ? '+' : '') + mho.figure(row.change, unit, 3), tip: `${row.key}: ${mho.figure(row.x, unit)} to ${mho.figure(row.y, unit)}` })), { limit: 16 }),
    mho.details('as a table', mho.table(title, [{ title: '', cell: (row) => row.key },
      { title: titles[0], number: true, cell: (row) => mho.figure(row.x, unit), value: (row) => row.x }, { title: titles[1], number: true, cell: (row) => mho.figure(row.y, unit), value: (row) => row.y },
      { title: 'difference', number: true, cell: (row) => mho.figure(row.change, unit), value: (row) => row.change }], parts)));
  };
  const by = (section, name, value, keep = () => true) => mho.beside(a.section(section), b.section(section), name).map(({ key, a: x, b: y }) =>
    ({ key, x: x && keep(x) ? value(x, a) : 0, y: y && keep(y) ? value(y, b) : 0 }));
  const have_times = [a, b].every((run) => run.section('layer_time').length);
  const latencies = have_times ? [...by('layer_time', (row) => `${row.name}, works`, (row) => row.latency_working_s),
    ...by('layer_time', (row) => `${row.name}, waits`, (row) => row.latency_s - row.latency_working_s)] : [];
  return [mho.element('h1', {}, `Run ${a.run} and run ${b.run}`),
    mho.element('p', { class: 'sub' }, mho.element('a', { href: `#run-${a.run}` }, `${titles[0]}: ${mho.title_of(a)}`), ' · ', mho.element('a', { href: `#run-${b.run}` }, `${titles[1]}: ${mho.title_of(b)}`)),
    mho.element('div', { class: 'grid' }, ...[what, did, accuracy,
      difference_section('Energy by component, per inference', 'J', by('block', (row) => row.block, (row) => row.joule)),
      difference_section('Energy by layer, per inference', 'J', by('layer', (row) => row.name, (row) => row.energy_j)),
      difference_section('Latency by layer', 's', latencies),
      difference_section('Area by component', 'mm²', by('component', (row) => row.component, (row) => row.mm2)),
      mho.section('What sets the pace', {}, mho.element('p', {}, `${titles[0]}: ${a.bottleneck || a.reason}`), mho.element('p', {}, `${titles[1]}: ${b.bottleneck || b.reason}`)),
      mho.section('Run them again', { wide: true }, mho.element('p', {}, mho.element('code', {}, a.command)), mho.element('p', {}, mho.element('code', {}, b.command)))].filter(Boolean))];
};
