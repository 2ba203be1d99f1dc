'use strict';
// The page of all runs: picture and table share filter and selection.

mho.chosen = [];  // runs, in the order of choosing; kept when another page is shown

// The chosen runs, the marked run, and listeners for changes: {chosen(run), pointed(before, now)}.
mho.selection = function () {
  const listeners = [];
  const selection = {
    chosen: mho.chosen,
    pointed: null,
    listen: (listener) => listeners.push(listener),
    toggle: (run) => {
      const at = mho.chosen.indexOf(run);
      if (at < 0) mho.chosen.push(run);
      else mho.chosen.splice(at, 1);
      for (const listener of listeners) listener.chosen(run);
    },
    clear: () => {
      for (const run of mho.chosen.splice(0)) for (const listener of listeners) listener.chosen(run);
    },
    point_at: (run) => {
      const before = selection.pointed;
      if (before === run) return;
      selection.pointed = run;
      for (const listener of listeners) listener.pointed?.(before, run);
    },
  };
  return selection;
};

// The first columns of the picture.
mho.first_axes = function (numeric, colourable) {
  const pick = (keys) => (keys.map((key) => numeric.find((column) => column.key === key)).find((column) => column && mho.varies(column)) || numeric[0]).key;
  const x = pick(['energy_per_inference_j', 'latency_s', 'area_mm2', 'run']);
  const y = pick(['last_accuracy', 'throughput_per_s', 'tops_per_watt', 'latency_s', 'run'].filter((key) => key !== x));
  const telling = (column) => mho.differs(column) && 2 * mho.groups_of(column.key).length <= mho.runs.length;
  const colour = colourable.find((column) => ['network', 'design', 'data'].includes(column.key) && telling(column)) || colourable.find((column) => (column.tag || column.setting) && telling(column));
  return { x, y, colour: colour ? colour.key : '', log: { x: false, y: false } };
};

// A list of the chosen runs with links to their pages, and a link to the comparison of two.
mho.chosen_card = function (selection, figures_of) {
  const card = mho.element('div', { id: 'chosen', 'aria-live': 'polite' });
  const most = 12;
  const show = () => {
    if (!mho.chosen.length) {
      card.replaceChildren(mho.element('p', { class: 'note' }, 'Choose runs by a click on a point or a row; two of them can be compared. In the picture the arrow keys go ' +
        'from point to point, and Enter chooses.'));
      return;
    }
    const items = mho.chosen.slice(0, most).map((run) => mho.element('li', {}, mho.element('a', { href: `#run-${run.run}` }, `run ${run.run}: ${mho.title_of(run)}`),
      mho.element('div', { class: 'note' }, [run.differs, ...figures_of(run)].filter(Boolean).join(', '))));
    if (mho.chosen.length > most) items.push(mho.element('li', {}, `and ${mho.chosen.length - most} more`));
    const [a, b] = mho.chosen;
    const pair = mho.chosen.length === 2 ? mho.element('p', {}, mho.element('a', { href: `#compare-${a.run}-${b.run}` }, `compare run ${a.run} with run ${b.run}`)) : null;
    card.replaceChildren(mho.element('p', { class: 'controls' }, mho.element('b', {}, 'chosen'), mho.element('button', { type: 'button', onclick: selection.clear }, 'clear')),
      mho.element('ul', {}, ...items), ...(pair ? [pair] : []));
  };
  selection.listen({ chosen: show });
  show();
  return { card, show };
};

// Picture, choices of its axes and the list of chosen runs. Returns {nodes, show(runs)}.
mho.front_panel = function (selection) {
  const numeric = mho.columns.filter((column) => mho.is_number(column) && (mho.varies(column) || column.better));
  const colourable = mho.columns.filter((column) => !['differs', 'reason'].includes(column.key) && mho.varies(column) && mho.groups_of(column.key).length <= 6);
  const axes = mho.first_axes(numeric, colourable);
  let visible = mho.runs, by_run = new Map(), ring = null;
  const figures_of = (run) => [axes.x, axes.y].map((key) => `${mho.column(key).title} ${mho.cell(run, mho.column(key))}`);
  const text_of = (run) => [`run ${run.run}: ${mho.title_of(run)}`, run.differs, ...figures_of(run)].filter(Boolean).join('\n');
  const picture_box = mho.element('div'), legend_box = mho.element('div'), note = mho.element('p', { class: 'note', 'aria-live': 'polite' });
  const list = mho.chosen_card(selection, figures_of);
  const draw = () => {
    for (const key of ['x', 'y']) {
      boxes[key].disabled = visible.some((run) => typeof run[axes[key]] === 'number' && run[axes[key]] <= 0);
      axes.log[key] = boxes[key].checked && !boxes[key].disabled;
    }
    const drawn = mho.draw_front(visible, axes, (run) => mho.chosen.includes(run));
    mho.operate_front(drawn, selection, text_of);
    by_run = new Map(drawn.points.map((point) => [point.run, point]));
    ring = mho.svg('circle', { class: 'ring', r: 10, visibility: 'hidden' });
    drawn.picture.append(ring);
    picture_box.replaceChildren(drawn.picture);
    legend_box.replaceChildren(...(drawn.groups.length > 1 ? [mho.shapes_legend(drawn.groups)] : []));
    const better = (k, key) => `${drawn.directions[k] > 0 ? 'more' : 'less'} ${mho.column(axes[key]).title}`;
    const several = drawn.fronts.length, best = drawn.fronts.flat().length;
    note.textContent = `${drawn.points.length} of ${mho.runs.length} runs` + (best ? `; ${best} on ${several > 1 ? `the fronts of ${several} pairs of network and data` : 'the front'}: ${better(0, 'x')} and ${better(1, 'y')} is better`
      : '; no front, because an axis has no better end');
    list.show();
  };
  selection.listen({
    chosen: (run) => by_run.get(run)?.node.classList.toggle('chosen', mho.chosen.includes(run)),
    pointed: (before, now) => {
      const point = by_run.get(now);
      ring.setAttribute('visibility', point ? 'visible' : 'hidden');
      if (!point) return;
      ring.setAttribute('cx', point.px);
      ring.setAttribute('cy', point.py);
    },
  });
  // Wide ranges have a logarithmic axis by default.
  const is_wide = (key) => {
    const values = mho.runs.map((run) => run[axes[key]]).filter((value) => typeof value === 'number');
    return values.every((value) => value > 0) && Math.max(...values) > 20 * Math.min(...values);
  };
  const boxes = {};
  for (const key of ['x', 'y']) {
    boxes[key] = mho.element('input', { type: 'checkbox', onchange: () => draw() });
    boxes[key].checked = is_wide(key);
  }
  const choice = (label, key, columns) => {
    const node = mho.element('select', { 'aria-label': label, id: 'choose-' + key }, ...columns.map((column) => mho.element('option', { value: column.key }, column.title)));
    node.value = axes[key];
    node.addEventListener('change', () => {
      axes[key] = node.value;
      if (key !== 'colour') boxes[key].checked = is_wide(key);
      draw();
    });
    return mho.element('label', {}, label + ' ', node);
  };
  const logarithmic = (key) => mho.element('label', {}, boxes[key], ' logarithmic');
  const controls = mho.element('div', { class: 'controls' }, choice('across', 'x', numeric), logarithmic('x'), choice('up', 'y', numeric), logarithmic('y'),
    choice('colour', 'colour', [{ key: '', title: 'one for all' }, ...colourable]));
  draw();
  return { nodes: [controls, mho.element('div', { class: 'beside' }, mho.element('div', {}, legend_box, picture_box, note), list.card)], show: (runs) => {
    visible = runs;
    draw();
  } };
};

mho.runs_view = function () {
  const selection = mho.selection(), panel = mho.front_panel(selection), table = mho.run_table(selection);
  const filter = mho.element('input', { type: 'search', id: 'filter', placeholder: 'words, or a comparison as tiles<8', 'aria-label': 'filter of runs' });
  filter.addEventListener('input', () => {
    const visible = mho.runs.filter(mho.filter(filter.value));
    panel.show(visible);
    table.show(visible);
  });
  const created = mho.runs.map((run) => run.created).sort(), refused = mho.runs.filter((run) => run.exit_code).length;
  const same = ['network', 'data', 'design'].map((key) => mho.column(key)).filter((column) => !mho.varies(column) && mho.runs[0][column.key] !== null)
    .map((column) => `${column.title} ${mho.runs[0][column.key]}`);
  return [mho.element('h1', {}, `${mho.runs.length} runs of ${mho.file}`), mho.element('p', { class: 'sub' }, [...same, `${created[0]} to ${created.at(-1)}`, refused ? `${refused} refused` : null].filter(Boolean).join(' · ')),
    mho.element('div', { class: 'grid' }, mho.section('Any two figures', { wide: true }, panel.nodes),
      mho.section('Runs', { wide: true, long: true }, mho.element('p', { class: 'controls' }, filter), table.node,
        mho.element('p', { class: 'note' }, 'A filter takes words and comparisons by the names of the database, as throughput_per_s>1e6 or tile.adc.bits=6.')))];
};
