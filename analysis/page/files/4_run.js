'use strict';
// The page of one run, from its summary to every parameter.

// Title of a run. run.name is the name of the run, or else the design with its differences from its base.
mho.title_of = (run) => `${run.network || 'a network'} on ${run.name}`;

mho.summary = function (run) {
  const bands = Object.fromEntries(run.section('band').map((band) => [band.figure, band]));
  const between = (figure, unit) => {
    const band = bands[figure];
    return band && band.high > band.low ? `90 % of chips: ${mho.figure(band.low, unit, 3)} to ${mho.figure(band.high, unit, 3)}` : null;
  };
  const cards = [];
  const add = (key, name, figure, ...notes) => {
    cards.push(mho.element('li', {}, mho.element('span', {}, name), mho.element('b', { 'data-figure': key, title: String(run[key] ?? '') }, figure),
      ...notes.filter(Boolean).map((note) => mho.element('span', {}, note))));
  };
  if (run.last_accuracy !== null) {
    const last = run.section('accuracy').at(-1);
    const reach = last && last.sem !== null ? `mean of ${run.repeats} chips, ± ${mho.score(last.sem, run.metric)}` : `${run.repeats} chip`;
    add('last_accuracy', `accuracy after ${mho.age(run.last_time_s)}`, mho.score(run.last_accuracy, run.metric), reach, `float ${mho.score(run.float_accuracy, run.metric)}`);
    if (run.first_time_s !== run.last_time_s) add('first_accuracy', `accuracy after ${mho.age(run.first_time_s)}`, mho.score(run.first_accuracy, run.metric), `${run.samples} samples`);
  }
  const batch = run.section('batch')[0], sequence = run.section('sequence')[0];
  add('latency_s', 'latency', mho.figure(run.latency_s, 's'), 'one inference, chip idle before');
  add('throughput_per_s', 'throughput', mho.figure(run.throughput_per_s, '/s'), `one every ${mho.figure(run.interval_s, 's', 4)}`,
    run.converged ? null : 'NOT CONVERGED');
  if (sequence && sequence.tokens_per_s !== null) add('tokens_per_s', `tokens, ${sequence.mode}`, mho.figure(sequence.tokens_per_s, 'tokens/s'), `${sequence.context} seen`);
  if (batch) add('batch', 'batch', mho.figure(batch.seconds, 's'), `${batch.inferences} back to back`);
  add('energy_per_inference_j', 'energy per inference', mho.figure(run.energy_per_inference_j, 'J'), between('energy_per_inference_j', 'J'),
    `single: ${mho.figure(run.single_shot_energy_j, 'J')}`);
  add('average_power_w', 'average power', mho.figure(run.average_power_w, 'W'), between('average_power_w', 'W'), `${mho.figure(run.leakage_w, 'W', 3)} of it leakage`);
  add('area_mm2', 'area', mho.figure(run.area_mm2, 'mm²'), between('area_mm2', 'mm²'));
  add('tops_per_watt', 'efficiency', mho.figure(run.tops_per_watt, 'TOPS/W'), between('tops_per_watt', 'TOPS/W'));
  add('tiles', 'tiles', `${run.tiles} of ${run.tiles_available}`, `${mho.percent(run.utilisation, 3)} of their cells hold weights`);
  return mho.element('ul', { class: 'cards' }, ...cards);
};

// Accuracy over time: every programming instance as a faint line, their mean with its 95 % interval, float and chance.
mho.accuracy_section = function (run) {
  const times = run.section('accuracy');
  if (!times.length) return null;
  const share = mho.shares.has(run.metric), chips = run.section('programmed').map((row) => row.values_json);
  const reach = (row) => (row.sem === null ? 0 : row.reach * row.sem);
  const best = mho.less_is_better.has(run.metric) ? Math.min : Math.max;
  const values = [...times.flatMap((row) => [row.mean - reach(row), row.mean + reach(row), row.worst]), ...chips.flat(), run.float_accuracy];
  const unit = share ? '%' : run.metric;
  const log = times[0].time_s > 0 && times.length > 1;
  const x_scale = mho.scale(times.map((row) => row.time_s), { log });
  if (log) Object.assign(x_scale, mho.time_ticks(times));
  const picture = mho.picture(560, 340, `accuracy over time: ${times.map((row) => `${mho.score(row.mean, run.metric)} after ${mho.age(row.time_s)}`).join(', ')}`);
  const { x, y } = mho.frame(picture, { left: 62, top: 12, width: 480, height: 276 },
    mho.axis('time after programming', '', x_scale, mho.age), mho.axis(share ? 'accuracy' : 'score', unit, mho.scale(values)));
  const path = (row_value) => times.map((row, i) => `${i ? 'L' : 'M'}${x(row.time_s)} ${y(row_value(row, i))}`).join('');
  const line = (d, colour, more = {}) => picture.append(mho.svg('path', { d, fill: 'none', stroke: colour, ...more }));
  const chance_low = run.chance !== null && y(run.chance) < 288 && y(run.chance) > 12;
  line(`M62 ${y(run.float_accuracy)}H542`, 'var(--c2)', { 'stroke-width': 1.6, 'stroke-dasharray': '7 4' });
  if (chance_low) line(`M62 ${y(run.chance)}H542`, 'var(--soft)', { 'stroke-dasharray': '2 4' });
  for (let k = 0; chips.length && k < chips[0].length; ++k) line(path((_, i) => chips[i][k]), 'var(--soft)', { 'stroke-opacity': 0.3 });
  if (times.length > 1) {
    const back = times.map((row) => `L${x(row.time_s)} ${y(row.mean + reach(row))}`).reverse().join('');
    picture.append(mho.svg('path', { d: path((row) => row.mean - reach(row)) + back + 'z', fill: 'var(--c0)', 'fill-opacity': 0.22 }));
  }
  line(path((row) => row.mean), 'var(--c0)', { 'stroke-width': 2.4 });
  for (const row of times) {
    picture.append(mho.svg('path', { class: 'whisker', d: `M${x(row.time_s)} ${y(row.mean - reach(row))}V${y(row.mean + reach(row))}` }),
      mho.tip(mho.svg('circle', { cx: x(row.time_s), cy: y(row.mean), r: 4.5, fill: 'var(--c0)' }),
        `after ${mho.age(row.time_s)}: ${mho.score(row.mean, run.metric)}` + (row.sem === null ? '' : ` ± ${mho.score(reach(row), run.metric)} (95 %)`)));
  }
  // The unit is in the caption and the titles, so that all columns have room.
  const bare = (text) => text.split(' ')[0];
  const score = (title, key) => ({ title, number: true, cell: (row) => bare(mho.score(row[key], run.metric)), value: (row) => row[key] });
  const part = (title, key) => ({ title, number: true, cell: (row) => bare(mho.percent(row[key])), value: (row) => row[key] });
  return mho.section('Accuracy over time', { spread: true },
    mho.legend(['mean with its 95 % interval over chips', 'each programmed chip', 'float'], ['var(--c0)', 'var(--soft)', 'var(--c2)']), picture,
    mho.table(`${run.metric}${share ? ' in %' : ''} of ${run.samples} samples on ${run.repeats} programmed chips`, [
      { title: 'after', cell: (row) => mho.age(row.time_s) }, score('mean', 'mean'), score('± chips', 'sem'), score('± samples', 'sampling_sem'),
      score('worst', 'worst'), score('5 %', 'percentile5'), score('median', 'median'),
      part('normal\u00adised (%)', 'normalised'), part('yield (%)', 'yield')], times),
    mho.element('p', { class: 'note' }, `± are standard errors. Guessing gives ${mho.score(run.chance, run.metric)}; the best chip at the end has ` +
      `${mho.score(chips.length ? best(...chips.at(-1)) : null, run.metric)}.`));
};

// Ticks of a logarithmic axis of ages: the evaluated ages whose texts have room.
mho.time_ticks = function (times) {
  const low = times[0].time_s, high = times.at(-1).time_s;
  const at = (value) => Math.log(value / low) / Math.log(high / low);
  const ticks = [];
  for (const { time_s } of times) if (!ticks.length || at(time_s) - at(ticks.at(-1)) > 0.08) ticks.push(time_s);
  if (ticks.at(-1) !== high) ticks.splice(ticks.length > 1 ? -1 : 1, ticks.length > 1 && 1 - at(ticks.at(-1)) < 0.08 ? 1 : 0, high);
  return { ticks: ticks.sort((a, b) => a - b), low, high, at };
};

// Factor up or down from the nominal figure that contains 90 % of figures with this spread.
mho.reach_of = (spread) => Math.exp(1.6448536 * spread);

mho.component_sections = function (run) {
  const parts = run.section('component');
  if (!parts.length) return [];
  const energy = parts.map((part) => {
    const leak = part.leakage_w * run.interval_s;
    return { part, name: part.component, parts: [part.joule, leak], all: part.joule + leak,
      low: part.joule / mho.reach_of(part.energy_spread) + leak / mho.reach_of(part.leakage_spread),
      high: part.joule * mho.reach_of(part.energy_spread) + leak * mho.reach_of(part.leakage_spread),
      note: mho.figure(part.joule + leak, 'J', 3), tip: `${part.component}: ${mho.figure(part.joule, 'J')} of events, ${mho.figure(leak, 'J')} of leakage\n${part.source}` };
  }).filter((row) => row.all > 0).sort((a, b) => b.all - a.all);
  const area = parts.filter((part) => part.mm2 > 0).sort((a, b) => b.mm2 - a.mm2).map((part) => ({ name: part.component, parts: [part.mm2],
    low: part.mm2 / mho.reach_of(part.area_spread), high: part.mm2 * mho.reach_of(part.area_spread), note: mho.figure(part.mm2, 'mm²', 3),
    tip: `${part.component}: ${mho.figure(part.mm2, 'mm²')}, ${part.count} of them\n${part.source}` }));
  const table = mho.details('all components, with their sources', mho.table('components, per inference in steady state', [
    { title: 'component', cell: (row) => row.component }, { title: 'per', cell: (row) => row.per }, { title: 'count', number: true, cell: (row) => String(row.count) },
    { title: 'energy of events', number: true, cell: (row) => mho.figure(row.joule, 'J'), value: (row) => row.joule },
    { title: 'leakage', number: true, cell: (row) => mho.figure(row.leakage_w, 'W'), value: (row) => row.leakage_w },
    { title: 'area', number: true, cell: (row) => mho.figure(row.mm2, 'mm²'), value: (row) => row.mm2 },
    { title: 'source', cell: (row) => row.source }], parts.toSorted((a, b) => b.joule - a.joule)));
  const note = (text) => mho.element('p', { class: 'note' }, text);
  const main = run.section('band').find((band) => band.figure === 'energy_per_inference_j');
  return [
    mho.section('Energy by component, per inference', {}, mho.bars('energy per inference', 'J', energy, { legend: ['events', 'leakage over an interval, nothing gated'] }),
      note('A component has its leakage over an interval here; in the summary leakage is a line of its own. Whiskers: each figure at both ends of its 90 % interval.' +
        (main && main.main_component ? ` ${mho.percent(main.main_share, 2)} of the variance of the energy is that of ${main.main_component}.` : '')), table),
    mho.section('Area by component', {}, mho.bars('area', 'mm²', area), note('Whiskers: 90 % interval of each figure.'))];
};

mho.layer_sections = function (run) {
  const layers = run.section('layer');
  if (!layers.length) return [];
  const energy = layers.map((layer) => ({ name: layer.name, parts: [layer.energy_j], note: mho.figure(layer.energy_j, 'J', 3) }))
    .sort((a, b) => b.parts[0] - a.parts[0]);
  const area = layers.filter((layer) => layer.tiles > 0).map((layer) => ({ name: layer.name, parts: [layer.tiles_mm2],
    note: `${mho.figure(layer.tiles_mm2, 'mm²', 3)}, ${layer.tiles} ${layer.tiles === 1 ? 'tile' : 'tiles'}` })).sort((a, b) => b.parts[0] - a.parts[0]);
  const share = (title, key) => ({ title, number: true, cell: (row) => mho.percent(row[key], 3), value: (row) => row[key] });
  const figure = (title, key, unit, digits = 4) => ({ title, number: true, cell: (row) => mho.figure(row[key], unit, digits), value: (row) => row[key] });
  const formats = ['result', 'partial_sum', 'scale'].flatMap((name) => ['overflow', 'underflow'].map((end) => ({ name, end, key: `${name}_${end}` })))
    .filter(({ key }) => layers.some((layer) => layer[key] > 0));
  const fits = layers.some((layer) => layer.result_overflow !== null) && !formats.length;
  return [
    mho.section('Energy by layer, per inference', {}, mho.bars('energy of tiles, digital units and buffers', 'J', energy)),
    area.length ? mho.section('Area by layer', {}, mho.bars('area of its tiles and their converters', 'mm²', area)) : null,
    mho.section('Layers: losses at their tiles', { wide: true }, mho.table('per inference: clipping, use of converters, signal-to-noise ratio, and the shares of values that number formats do not hold', [
      { title: 'layer', cell: (row) => row.name }, { title: 'operator', cell: (row) => row.operation }, { title: 'output', cell: (row) => row.shape },
      { title: 'matrix', cell: (row) => row.matrix }, { title: 'tiles', number: true, cell: (row) => String(row.tiles) },
      { title: 'MVMs', number: true, cell: (row) => String(row.mvms) }, { title: 'busy cycles', number: true, cell: (row) => String(row.busy_cycles) },
      figure('energy', 'energy_j', 'J'), share('inputs clipped', 'clipped_inputs'), share('outputs clipped', 'clipped_outputs'),
      figure('ADC bits used', 'adc_bits_used', '', 3), figure('SNR, first time', 'snr_db', 'dB', 3), figure('SNR, last time', 'snr_last_db', 'dB', 3),
      ...formats.map(({ name, end, key }) => share(`${name.replace('_', ' ')} ${end}`, key))], layers),
    fits ? mho.element('p', { class: 'note' }, 'Number formats hold every result, partial sum and scale.') : null)];
};

// Times of every stage in an interval: its slowest unit works, waits for input, or waits for room for its output.
mho.stage_sections = function (run) {
  const stages = run.section('stage').map((stage) => ({ ...stage, busy: stage.busy_cycles / stage.clock_hz, input: stage.waiting_input_cycles / stage.clock_hz,
    output: stage.waiting_output_cycles / stage.clock_hz }));
  if (!stages.length) return [];
  const time = (title, key) => ({ title, number: true, cell: (row) => mho.figure(row[key], 's'), value: (row) => row[key] });
  const rows = stages.map((stage) => ({ name: stage.name, parts: [stage.busy], note: mho.percent(stage.busy / run.interval_s, 3),
    tip: `${stage.name} on node ${stage.node}\nbusy ${mho.figure(stage.busy, 's')}\nwaits for input ${mho.figure(stage.input, 's')}\n` +
      `output blocked ${mho.figure(stage.output, 's')}` }));
  return [mho.section('Occupancy of the pipeline', {}, mho.bars('time at work for an inference', 's', rows, { limit: 30 }),
    mho.element('p', { class: 'note' }, `In the order of the network; behind each bar its share of the interval of ${mho.figure(run.interval_s, 's')}.`),
    mho.details('all stages, with what they wait for', mho.table('stages in steady state, per inference', [
      { title: 'stage', cell: (row) => row.name }, { title: 'kind', cell: (row) => row.kind }, { title: 'node', number: true, cell: (row) => String(row.node) },
      { title: 'positions', number: true, cell: (row) => mho.round(row.positions, 6) }, time('busy', 'busy'), time('waits for input', 'input'),
      time('output blocked', 'output')], stages)))];
};

// Layers over time, one per row. A part is darker if the layer works for a larger share of it. `rows`: {name, part_s, percent, tip}.
mho.timeline = function (title, rows, end_s) {
  const letters = 22, row_height = 22, left = mho.room_for(rows, letters);
  const width = 530, bottom = 10 + row_height * rows.length, picture = mho.picture(width, bottom + 46, `${title}: ${rows.map((row) => row.tip.replaceAll('\n', ', ')).join('; ')}`);
  const scale = mho.scale([0, end_s], { zero: true, count: 6 }), axis = mho.axis(`time, ${title}`, 's', scale);
  const x = (value) => left + (width - left - 24) * scale.at(value);
  for (const tick of scale.ticks) {
    picture.append(mho.svg('path', { class: 'rule', d: `M${x(tick)} 4V${bottom}` }), mho.svg('text', { class: 'middle', x: x(tick), y: bottom + 16 }, axis.text(tick)));
  }
  rows.forEach((row, i) => {
    const top = 8 + row_height * i, group = mho.svg('g');
    group.append(mho.svg('text', { class: 'end', x: left - 7, y: top + 11.5 }, mho.short(row.name, letters)));
    for (let first = 0; first < row.percent.length;) {
      let next = first + 1;
      while (next < row.percent.length && row.percent[next] === row.percent[first]) ++next;
      if (row.percent[first] > 0) {
        group.append(mho.svg('rect', { x: x(first * row.part_s), y: top, width: x(next * row.part_s) - x(first * row.part_s), height: 15, fill: 'var(--c0)',
          'fill-opacity': 0.15 + 0.0085 * row.percent[first] }));
      }
      first = next;
    }
    picture.append(mho.tip(group, row.tip));
  });
  picture.append(mho.svg('path', { class: 'axis', d: `M${x(0)} 4V${bottom}` }),
    mho.svg('text', { class: 'middle', x: (left + width - 24) / 2, y: bottom + 36 }, axis.title));
  return picture;
};

// Shares of the layers in the latency, and their times.
mho.time_sections = function (run) {
  const times = run.section('layer_time');
  if (!times.length) return [];
  const most = 40, note = (text) => mho.element('p', { class: 'note' }, text);
  // Of many layers, only those with the largest shares of the latency are shown.
  const kept = new Set([...times].sort((a, b) => b.latency_s - a.latency_s).slice(0, most).map((row) => row.number));
  const shown = times.filter((row) => kept.has(row.number)), left_out = times.length > most ? ` The ${most} of ${times.length} layers with the largest shares.` : '';
  const waits = (row) => row.latency_s - row.latency_working_s;
  const tip = (row) => `${row.name}\n${mho.figure(row.begin_s, 's')} to ${mho.figure(row.end_s, 's')}\nworks ${mho.figure(row.working_s, 's')} of it`;
  const latency = shown.map((row) => ({ name: row.name, parts: [row.latency_working_s, waits(row)],
    note: `${mho.figure(row.latency_s, 's', 3)}, ${mho.percent(row.latency_s / run.latency_s, 3)}`,
    tip: `${row.name}: ${mho.figure(row.latency_s, 's')} of the latency\nworks ${mho.figure(row.latency_working_s, 's')}\nwaits ${mho.figure(waits(row), 's')}` }));
  const time = (title, value) => ({ title, number: true, cell: (row) => mho.figure(value(row), 's'), value });
  const table = mho.details('times of all layers', mho.table('one inference alone', [{ title: 'layer', cell: (row) => row.name }, time('begins', (row) => row.begin_s),
    time('ends', (row) => row.end_s), time('works', (row) => row.working_s), time('share of the latency', (row) => row.latency_s),
    time('of that, works', (row) => row.latency_working_s), time('waits', waits)], times));
  const names = Object.fromEntries(shown.map((row) => [row.number, row]));
  const lines = (feed) => run.section('occupancy').filter((row) => row.feed === feed && names[row.number]).map((row) => ({ name: names[row.number].name, part_s: row.part_s,
    percent: row.percent_json, tip: feed === 'alone' ? tip(names[row.number]) : `${names[row.number].name}: percent at work in parts of ${mho.figure(row.part_s, 's', 3)}: ${row.percent_json.join(' ')}` }));
  const alone = lines('alone'), together = lines('back to back');
  return [mho.section('Latency by layer, one inference alone', {}, mho.bars('share of the latency', 's', latency, { legend: ['works', 'waits for packets, a free unit or room'], limit: most }),
    note(`In the order of the network. A bar is the time for which the last output waited for this layer; all bars add up to the latency of ${mho.figure(run.latency_s, 's')}. Where several layers keep the same pace, the wait counts for the last of them.${left_out}`), table),
  alone.length ? mho.section('Pipeline over time', {}, mho.timeline('one inference alone', alone, run.latency_s),
    ...(together.length ? [mho.timeline('inferences back to back', together, together[0].part_s * together[0].percent.length)] : []),
    note(`Full colour: at least one unit of the layer works all the time; pale: part of it.${left_out}`)) : null];
};

mho.marginal_section = function (run) {
  const [now, ...rows] = run.section('marginal');
  if (!now) return null;
  const change = (title, key) => ({ title, number: true, cell: (row) => (row[key] === null ? 'refused' : `${row[key] <= -0.05 ? '−' : '+'}${Math.abs(row[key]).toFixed(1)} %`), value: (row) => row[key] });
  const gain = (row) => (row.interval_s === null || row.full_links || row.interval_s > 0.99 * now.interval_s ? 0
    : (1 - row.interval_s / now.interval_s) / Math.max(row.mm2 / now.mm2 - 1, 1e-3));
  const best = rows.reduce((kept, row) => (gain(row) > (kept ? gain(kept) : 0) ? row : kept), null);
  const advice = best ? `Worth most for its area: ${best.resource}; then the interval is set by ${best.bound}.`
    : `None of these shortens the interval of ${mho.figure(now.interval_s, 's')} by 1 %: it is set by ${now.bound}.`;
  return mho.section('What more of a resource would bring', {}, mho.table('each alone, as an estimate says, against the chip as it is', [
    { title: 'more', cell: (row) => mho.element('span', {}, row.resource, mho.element('span', { class: 'band' }, row.change)) }, change('interval', 'interval_percent'),
    change('latency', 'latency_percent'), change('area', 'area_percent'), change('energy', 'energy_percent')], rows), mho.element('p', {}, advice));
};

// Bottleneck, lower bounds of the interval, and the bound that remains if the largest one is removed.
mho.bottleneck_section = function (run) {
  const bounds = run.section('bound');
  const children = [mho.element('p', {}, run.bottleneck)];
  if (bounds.length) {
    children.push(...mho.bars('work for an inference', 's', bounds.map((bound) => ({ name: bound.what, parts: [bound.seconds],
      note: mho.percent(bound.seconds / run.interval_s, 3), tip: `${bound.what}: ${bound.place} works ${mho.figure(bound.seconds, 's')} for an inference` }))));
    const [first, second] = bounds;
    let text = `The busiest of each kind, and its share of the interval of ${mho.figure(run.interval_s, 's')}: no interval is shorter.`;
    if (second && first.seconds / run.interval_s > 0.95) {
      text += ` Were ${first.what} no limit, ${second.what} would set ${mho.figure(second.seconds, 's')}: ${mho.round(run.interval_s / second.seconds, 3)} times the ` +
        `throughput at most.`;
    }
    children.push(mho.element('p', { class: 'note' }, text));
  }
  if (!run.section('marginal').length && !mho.omitted.includes('marginal')) {
    children.push(mho.element('p', { class: 'note' }, 'What more tiles, lanes, buffers or link bits would bring: ', mho.element('code', {}, `mho db improve ${run.run}`),
      ' tells it, and a page that is made then shows it.'));
  }
  return mho.section('What sets the pace', {}, children);
};

mho.efficiency_section = function (run) {
  const rows = run.section('efficiency');
  if (!rows.length) return null;
  const names = { peak: 'peak: every tile busy with full products', sustained: 'sustained: this network, the whole chip', used: 'used part: this network, the nodes that hold it' };
  const order = ['peak', 'sustained', 'used'];
  const figure = (title, key) => ({ title, number: true, cell: (row) => mho.round(row[key], 4), value: (row) => row[key] });
  const sorted = rows.toSorted((a, b) => order.indexOf(a.scope) - order.indexOf(b.scope));
  return mho.section('Peak, sustained, used part', {}, mho.bars('efficiency', 'TOPS/W', sorted.map((row) => ({ name: row.scope, parts: [row.tops_per_watt],
    note: mho.round(row.tops_per_watt, 3) }))), mho.table('2 operations for each multiply-accumulate on tiles', [{ title: '', cell: (row) => names[row.scope] },
    figure('TOPS', 'tops'), figure('TOPS/W', 'tops_per_watt'), figure('TOPS/mm²', 'tops_per_mm2')], sorted));
};

mho.once_section = function (run) {
  const programming = run.section('programming')[0], reference = run.section('reference')[0];
  const lines = [];
  if (programming) {
    lines.push(`Programming, once: ${mho.figure(programming.joule, 'J')} and ${mho.figure(programming.seconds, 's')} for ${mho.figure(programming.devices, '', 4)} devices.`);
  }
  if (reference) {
    lines.push(`The same network on a digital machine (${reference.source}): ${mho.figure(reference.joule, 'J')} per inference ` +
      `(${mho.round(reference.joule / run.energy_per_inference_j, 3)} times the chip's), one every ${mho.figure(reference.seconds, 's')} ` +
      `(${mho.round(reference.seconds / run.interval_s, 3)} times).`);
  }
  for (const phase of run.section('phase')) lines.push(`Phase ${phase.name}: ${mho.figure(phase.batch_s, 's')} for a batch of ${phase.batch}.`);
  return lines.length ? mho.section('Beside it', {}, lines.map((line) => mho.element('p', {}, line))) : null;
};

mho.parameter_section = function (run) {
  const rows = run.section('parameter');
  if (!rows.length) return null;
  const box = mho.element('div');
  const filter = mho.element('input', { type: 'search', 'aria-label': 'filter of parameters', placeholder: 'words of key, value or origin' });
  const columns = [{ title: 'key', cell: (row) => row.key }, { title: 'value', cell: (row) => String(row.value) }, { title: 'unit', cell: (row) => row.unit },
    { title: 'origin', cell: (row) => row.origin }];
  // Parameters that are not defaults come first.
  const sorted = [...rows.filter((row) => row.origin !== 'default'), ...rows.filter((row) => row.origin === 'default')];
  const show = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const kept = sorted.filter((row) => words.every((word) => `${row.key} ${row.value} ${row.unit} ${row.origin}`.toLowerCase().includes(word)));
    box.replaceChildren(mho.table(`${kept.length} of ${rows.length} parameters; those that a file or an option sets come first`, columns, kept));
  };
  filter.addEventListener('input', show);
  show();
  const own = run.section('layer_parameter');
  return mho.section('Parameters', { wide: true, long: true }, mho.element('p', { class: 'controls' }, filter), box,
    own.length ? mho.table('settings of single layers', [{ title: 'layer', cell: (row) => row.layer }, { title: 'key', cell: (row) => row.key },
      { title: 'value', cell: (row) => String(row.value) }, { title: 'unit', cell: (row) => row.unit }], own) : null);
};

mho.again_section = (run) => mho.section('Run it again', { wide: true }, mho.element('p', {}, mho.element('code', {}, run.command)),
  mho.element('p', { class: 'note' }, [run.network_hash && `Network ${run.network_hash}`, run.data_hash && `data ${run.data_hash}`, `took ${mho.figure(run.wall_s, 's', 3)}`,
    run.machine].filter(Boolean).join('; ')));

mho.run_view = function (run) {
  if (run.exit_code) {
    return [mho.element('h1', {}, `Run ${run.run}: ${mho.title_of(run)}`), mho.element('p', { class: 'warning' }, `Refused, with exit code ${run.exit_code}: ${run.reason}`),
      mho.element('div', { class: 'grid' }, ...[mho.again_section(run), mho.parameter_section(run)].filter(Boolean))];
  }
  const tags = mho.columns.filter((column) => column.tag && run[column.key] !== undefined).map((column) => `${column.title}=${run[column.key]}`).join(' ');
  const facts = [tags || null, run.data ? `on ${run.data}` : null, `design ${run.design}`, `seed ${run.seed}`, run.fidelity === 'estimate' ? 'estimated' : 'simulated', `mho ${run.version}`,
    `${run.created}`].filter(Boolean).join(' · ');
  const omitted = mho.omitted.length ? mho.element('p', { class: 'note' }, `To keep this page small these parts of single runs are left out: ${mho.omitted.join(', ').replaceAll('_', ' ')}. `,
    mho.element('code', {}, `mho report ${mho.file} --run ${run.run} --out run${run.run}.html`), ' shows all of this run.') : null;
  const layers = mho.layer_sections(run).filter(Boolean), is_wide = (section) => section.classList.contains('wide');
  const narrow = layers.filter((section) => !is_wide(section)), wide = layers.filter(is_wide);
  return [mho.element('h1', {}, `Run ${run.run}: ${mho.title_of(run)}`), mho.element('p', { class: 'sub' }, facts),
    run.interrupted ? mho.element('p', { class: 'warning' }, `Interrupted: ${run.repeats} of ${run.repeats_requested} programmed chips were finished.`) : null,
    ...run.section('warning').map((row) => mho.element('p', { class: 'warning' }, `Warning: ${row.text}`)), mho.summary(run), omitted,
    mho.element('div', { class: 'flow' }, ...[mho.accuracy_section(run), mho.bottleneck_section(run), mho.marginal_section(run), ...mho.time_sections(run), ...mho.stage_sections(run), ...mho.component_sections(run),
      ...narrow, mho.efficiency_section(run), mho.once_section(run)].filter(Boolean)),
    mho.element('div', { class: 'grid' }, ...[...wide, mho.floorplan_section(run),
      mho.again_section(run),
      mho.parameter_section(run)].filter(Boolean))].filter(Boolean);
};
