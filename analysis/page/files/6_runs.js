'use strict';
// The page of many runs: a picture of any two columns with its front, and a table, which share filter and selection.

mho.chosen = [];  // runs, in the order in which they were chosen
mho.pointed = null;

// The runs that no other run beats in both columns, in the order of x. Directions are 1 or -1.
mho.front = function (points, x_better, y_better) {
  const sorted = points.toSorted((a, b) => x_better * (b.x - a.x) || y_better * (b.y - a.y));
  const front = [];
  let best = -Infinity;
  for (const point of sorted) {
    if (y_better * point.y > best) {
      front.push(point);
      best = y_better * point.y;
    }
  }
  return front.sort((a, b) => a.x - b.x);
};

mho.varies = (column) => mho.runs.some((run) => run[column.key] !== mho.runs[0][column.key]);
mho.is_number = (column) => column.kind !== 'text' && mho.runs.some((run) => typeof run[column.key] === 'number');

// "energy_per_inference_j<2e-8 strokes": comparisons by the name of a column or a key, and words that must stand somewhere.
mho.filter = function (text) {
  const terms = text.trim().split(/\s+/).filter(Boolean).map((term) => {
    const parts = /^([\w.]+)(<=|>=|!=|<|>|=)(.+)$/.exec(term);
    const column = parts && mho.columns.find((one) => one.key === parts[1] || one.key === 'set ' + parts[1]);
    if (!column) return (run) => mho.searched(run).includes(term.toLowerCase());
    const right = Number(parts[3]), is_number = parts[3] !== '' && !Number.isNaN(right);
    return (run) => {
      const left = run[column.key];
      const wanted = is_number && typeof left === 'number' ? right : parts[3];
      if (parts[2] === '=' || parts[2] === '!=') return (String(left) === String(wanted)) === (parts[2] === '=');
      if (typeof left !== 'number' || !is_number) return false;
      return { '<': left < right, '>': left > right, '<=': left <= right, '>=': left >= right }[parts[2]];
    };
  });
  return (run) => terms.every((term) => term(run));
};

mho.searched = function (run) {
  run.words ??= mho.columns.filter((column) => column.kind === 'text').map((column) => run[column.key]).concat(run.run, run.tags || '').join(' ').toLowerCase();
  return run.words;
};

mho.shape = function (group, x, y, size) {
  const s = size;
  const paths = [`M${x - s} ${y}a${s} ${s} 0 1 0 ${2 * s} 0a${s} ${s} 0 1 0 ${-2 * s} 0z`, `M${x - s} ${y - s}h${2 * s}v${2 * s}h${-2 * s}z`,
    `M${x} ${y - 1.25 * s}l${1.2 * s} ${2.2 * s}h${-2.4 * s}z`, `M${x} ${y - 1.35 * s}l${1.35 * s} ${1.35 * s}l${-1.35 * s} ${1.35 * s}l${-1.35 * s} ${-1.35 * s}z`,
    `M${x} ${y + 1.25 * s}l${1.2 * s} ${-2.2 * s}h${-2.4 * s}z`,
    `M${x - s} ${y - s / 3}h${s * 0.67}v${-s * 0.67}h${s * 0.67}v${s * 0.67}h${s * 0.67}v${s * 0.67}h${-s * 0.67}v${s * 0.67}h${-s * 0.67}v${-s * 0.67}h${-s * 0.67}z`];
  return paths[group % 6];
};

mho.runs_view = function () {
  const numeric = mho.columns.filter((column) => mho.is_number(column) && (mho.varies(column) || column.better));
  const pick = (keys) => (keys.map((key) => numeric.find((column) => column.key === key)).find((column) => column && mho.varies(column)) || numeric[0]).key;
  const state = { x: pick(['energy_per_inference_j', 'latency_s', 'area_mm2', 'run']), y: '', colour: '', sort: 'run', down: false, visible: mho.runs, cursor: -1 };
  state.y = pick(['last_accuracy', 'throughput_per_s', 'tops_per_watt', 'latency_s', 'run'].filter((key) => key !== state.x));
  const groups_of = (key) => [...new Set(mho.runs.map((run) => String(run[key] ?? '–')))];
  const colourable = mho.columns.filter((column) => column.key !== 'differs' && mho.varies(column) && groups_of(column.key).length <= 6);
  const telling = (column) => groups_of(column.key).filter((group) => group !== '–').length > 1;
  state.colour = (colourable.find((column) => ['network', 'design', 'data'].includes(column.key) && telling(column)) || colourable.find((column) => column.setting) || { key: '' }).key;

  const option = (column) => mho.element('option', { value: column.key }, column.title);
  const select = (label, key, columns) => {
    const node = mho.element('select', { 'aria-label': label, id: 'choose-' + key }, ...columns);
    node.value = state[key];
    node.addEventListener('change', () => {
      state[key] = node.value;
      if (key !== 'colour') log[key].checked = spreads(key);
      draw();
    });
    return mho.element('label', {}, label + ' ', node);
  };
  const spreads = (key) => {
    const values = mho.runs.map((run) => run[state[key]]).filter((value) => typeof value === 'number');
    return values.every((value) => value > 0) && Math.max(...values) > 20 * Math.min(...values);
  };
  const log = {};
  for (const key of ['x', 'y']) {
    log[key] = mho.element('input', { type: 'checkbox', onchange: () => draw() });
    log[key].checked = spreads(key);
  }
  const filter = mho.element('input', { type: 'search', id: 'filter', placeholder: 'words, or a comparison as tiles<8', 'aria-label': 'filter of runs' });
  const picture_box = mho.element('div'), legend_box = mho.element('div'), note = mho.element('p', { class: 'note', 'aria-live': 'polite' });
  const card = mho.element('div', { id: 'chosen', 'aria-live': 'polite' });
  let drawn = [], mark = null, by_run = new Map();

  const toggle = (run) => {
    const at = mho.chosen.indexOf(run);
    if (at < 0) mho.chosen.push(run);
    else mho.chosen.splice(at, 1);
    update(run);
    if (at < 0) rows.get(run).scrollIntoView({ block: 'nearest' });
  };
  // What a change of the selection touches, and nothing else.
  const update = (run) => {
    const is_chosen = mho.chosen.includes(run);
    by_run.get(run)?.node.classList.toggle('chosen', is_chosen);
    rows.get(run).classList.toggle('chosen', is_chosen);
    rows.get(run).querySelector('input').checked = is_chosen;
    show_chosen();
  };
  const point_at = (run) => {
    if (mho.pointed === run) return;
    rows.get(mho.pointed)?.classList.remove('pointed');
    mho.pointed = run;
    rows.get(run)?.classList.add('pointed');
    const place = by_run.get(run);
    if (mark) mark.setAttribute('visibility', place ? 'visible' : 'hidden');
    if (place && mark) {
      mark.setAttribute('cx', place.px);
      mark.setAttribute('cy', place.py);
    }
  };
  const tip_of = (run) => [`run ${run.run}: ${mho.title_of(run)}`, run.differs, ...[state.x, state.y].map((key) => `${mho.column(key).title}: ${mho.cell(run, mho.column(key))}`)]
    .filter(Boolean).join('\n');
  const show_chosen = () => {
    const links = mho.chosen.slice(0, 12).map((run) => mho.element('li', {}, mho.element('a', { href: `#run-${run.run}` }, `run ${run.run}: ${mho.title_of(run)}`),
      mho.element('span', { class: 'note' }, ` ${run.differs || ''} · ` + [state.x, state.y].map((key) => `${mho.column(key).title} ${mho.cell(run, mho.column(key))}`).join(', '))));
    const more = mho.chosen.length > 12 ? mho.element('li', {}, `and ${mho.chosen.length - 12} more`) : null;
    const pair = mho.chosen.length === 2 ? mho.element('p', {}, mho.element('a', { href: `#compare-${mho.chosen[0].run}-${mho.chosen[1].run}` },
      `compare run ${mho.chosen[0].run} with run ${mho.chosen[1].run}`)) : null;
    const clear = mho.element('button', { type: 'button', onclick: () => {
      for (const run of mho.chosen.splice(0)) update(run);
      show_chosen();
    } }, 'clear');
    card.replaceChildren(...(mho.chosen.length ? [mho.element('p', { class: 'controls' }, mho.element('b', {}, 'chosen'), clear), mho.element('ul', {}, ...links, more), pair]
      : [mho.element('p', { class: 'note' }, 'Choose runs by a click on a point or a row; two of them can be compared. In the picture the arrow keys go from point to point, Enter chooses.')])
      .filter(Boolean));
  };

  const draw = () => {
    const x_column = mho.column(state.x), y_column = mho.column(state.y);
    const all = state.visible.map((run) => ({ run, x: run[state.x], y: run[state.y] })).filter((point) => typeof point.x === 'number' && typeof point.y === 'number');
    const positive = (key) => all.every((point) => point[key] > 0);
    for (const key of ['x', 'y']) {
      log[key].disabled = !positive(key);
      if (!positive(key)) log[key].checked = false;
    }
    const unit = (column) => {
      if (column.kind === 'share') return '%';
      if (column.kind === 'score') return mho.runs.every((run) => run.metric === null || mho.shares.has(run.metric)) ? '%' : '';
      if (column.kind === 'plain') return column.unit;
      return column.kind === 'count' ? '' : column.kind;
    };
    const width = 760, height = 470, box = { left: 78, top: 14, width: 660, height: 392 };
    const picture = mho.picture(width, height, `${y_column.title} over ${x_column.title} of ${all.length} runs`);
    picture.setAttribute('tabindex', '0');
    picture.setAttribute('id', 'front');
    drawn = [];
    by_run = new Map();
    if (all.length) {
      const axis = (column, key) => {
        const scale = mho.scale(all.map((point) => point[key]), { log: log[key].checked, count: 7 });
        return column.kind === 'plain' ? mho.axis(column.title + (column.unit ? ` (${column.unit})` : ''), '', scale) : mho.axis(column.title, unit(column), scale);
      };
      const { x, y } = mho.frame(picture, box, axis(x_column, 'x'), axis(y_column, 'y'));
      const directions = [mho.direction(x_column, all[0].run), mho.direction(y_column, all[0].run)];
      const front = directions.every(Boolean) ? mho.front(all, ...directions) : [];
      const on_front = new Set(front.map((point) => point.run));
      const groups = state.colour ? groups_of(state.colour) : [''];
      const group_of = new Map(groups.map((name, k) => [name, k]));
      for (const point of all) Object.assign(point, { px: x(point.x), py: y(point.y) });
      if (front.length > 1) {
        // Between two runs of the front lies what both leave possible: steps.
        const steps = front.map((point, i) => (i ? (directions[0] < 0 ? `H${point.px}V${point.py}` : `V${point.py}H${point.px}`) : `M${point.px} ${point.py}`)).join('');
        picture.append(mho.svg('path', { class: 'front-line', d: steps }));
      }
      for (const point of all.toSorted((a, b) => on_front.has(a.run) - on_front.has(b.run))) {
        const group = state.colour ? group_of.get(String(point.run[state.colour] ?? '–')) : 0;
        point.node = mho.svg('path', { class: ['point', on_front.has(point.run) ? 'front' : '', mho.chosen.includes(point.run) ? 'chosen' : ''].join(' ').trim(),
          d: mho.shape(group, Math.round(point.px * 10) / 10, Math.round(point.py * 10) / 10, on_front.has(point.run) ? 5 : 4), fill: mho.colour(group), 'data-run': point.run.run });
        picture.append(point.node);
        by_run.set(point.run, point);
      }
      drawn = all.toSorted((a, b) => a.x - b.x || a.y - b.y);
      mark = mho.svg('circle', { class: 'ring', r: 10, visibility: 'hidden' });
      picture.append(mark);
      legend_box.replaceChildren(...(groups.length > 1 ? [mho.shapes_legend(groups)] : []));
      const better = (direction) => (direction > 0 ? 'more' : 'less');
      note.textContent = `${all.length} of ${mho.runs.length} runs` + (front.length ? `; ${front.length} on the front (${better(directions[0])} ${x_column.title} and ` +
        `${better(directions[1])} ${y_column.title} is better)` : '; no front, because neither end of one axis is the better one');
    } else {
      picture.append(mho.svg('text', { x: 20, y: 40 }, 'No run has both figures and passes the filter.'));
      legend_box.replaceChildren();
      note.textContent = '';
    }
    const nearest = (event) => {
      const box_now = picture.getBoundingClientRect(), scale = width / box_now.width;
      const px = (event.clientX - box_now.left) * scale, py = (event.clientY - box_now.top) * scale;
      let best = null, distance = 16;
      for (const point of drawn) {
        const away = Math.hypot(point.px - px, point.py - py);
        if (away < distance) [best, distance] = [point, away];
      }
      return best;
    };
    const tip = document.getElementById('tip');
    mho.tip(picture, () => (mho.pointed ? tip_of(mho.pointed) : `${drawn.length} runs`));
    picture.addEventListener('pointermove', (event) => {
      const point = nearest(event);
      point_at(point && point.run);
      tip.hidden = !point;
    });
    picture.addEventListener('pointerleave', () => point_at(null));
    picture.addEventListener('click', (event) => {
      const point = nearest(event);
      if (point) toggle(point.run);
    });
    picture.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
      if (step && drawn.length) {
        state.cursor = Math.max(0, Math.min(drawn.length - 1, state.cursor + step));
        point_at(drawn[state.cursor].run);
        const box_now = picture.getBoundingClientRect();
        picture.dispatchEvent(new PointerEvent('pointermove', { clientX: box_now.left + drawn[state.cursor].px * box_now.width / width,
          clientY: box_now.top + drawn[state.cursor].py * box_now.width / width }));
      } else if ((event.key === 'Enter' || event.key === ' ') && mho.pointed) {
        toggle(mho.pointed);
      } else {
        return;
      }
      event.preventDefault();
    });
    picture_box.replaceChildren(picture);
    show_chosen();
  };

  // The table: columns that are always there, those that differ, and a few settings.
  const always = new Set(['run', 'last_accuracy', 'latency_s', 'throughput_per_s', 'energy_per_inference_j', 'area_mm2', 'tops_per_watt', 'tiles']);
  const settings = mho.columns.filter((column) => column.setting).slice(0, 6);
  const has_any = (column) => mho.runs.some((run) => run[column.key] !== null && run[column.key] !== '' && run[column.key] !== undefined);
  const usual = mho.columns.filter((column) => has_any(column) && (always.has(column.key) || settings.includes(column) ||
    (!column.setting && column.kind === 'text' && column.key !== 'differs' && column.key !== 'created' && mho.varies(column)) ||
    (column.key === 'differs' && mho.differing.length > settings.length) || column.key === 'first_accuracy'));
  // First what tells runs apart, then what came out.
  const tells = (column) => column.key !== 'run' && (column.kind === 'text' || column.setting);
  const columns = [usual[0], ...usual.filter(tells), ...usual.filter((column) => column.key !== 'run' && !tells(column))];
  const rows = new Map(mho.runs.map((run) => {
    const box = mho.element('input', { type: 'checkbox', 'aria-label': `choose run ${run.run}`, tabindex: '0' });
    box.addEventListener('click', (event) => {
      event.stopPropagation();
      toggle(run);
    });
    const row = mho.element('tr', { 'data-run': run.run }, mho.element('td', {}, box), ...columns.map((column) => mho.element('td',
      { class: column.kind === 'text' ? 'word' : 'number', title: String(run[column.key] ?? '') },
      column.key === 'run' ? mho.element('a', { href: `#run-${run.run}` }, String(run.run)) : mho.short(mho.cell(run, column), 40))));
    row.addEventListener('click', (event) => {
      if (event.target.tagName !== 'A') toggle(run);
    });
    row.addEventListener('pointerenter', () => point_at(run));
    row.addEventListener('pointerleave', () => point_at(null));
    return [run, row];
  }));
  const body = mho.element('tbody', {}, ...rows.values());
  const heads = columns.map((column) => mho.element('th', { scope: 'col', class: column.kind === 'text' ? null : 'number', 'data-column': column.key },
    mho.element('button', { type: 'button', onclick: () => sort(column.key) }, column.title)));
  const sort = (key) => {
    state.down = state.sort === key ? !state.down : false;
    state.sort = key;
    const less = (a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'en', { numeric: true }));
    const empty = (run) => run[key] === null || run[key] === undefined;
    const order = mho.runs.toSorted((a, b) => empty(a) - empty(b) || (state.down ? -1 : 1) * less(a[key], b[key]));
    body.append(...order.map((run) => rows.get(run)));
    heads.forEach((head, i) => (columns[i].key === key ? head.setAttribute('aria-sort', state.down ? 'descending' : 'ascending') : head.removeAttribute('aria-sort')));
  };
  const count = mho.element('caption');
  filter.addEventListener('input', () => {
    const passes = mho.filter(filter.value);
    state.visible = mho.runs.filter(passes);
    const kept = new Set(state.visible);
    for (const [run, row] of rows) row.hidden = !kept.has(run);
    count.textContent = `${kept.size} of ${mho.runs.length} runs`;
    state.cursor = -1;
    draw();
  });
  count.textContent = `${mho.runs.length} of ${mho.runs.length} runs`;
  draw();
  const created = mho.runs.map((run) => run.created).sort();
  const same = ['network', 'data', 'design'].map((key) => mho.column(key)).filter((column) => !mho.varies(column) && mho.runs[0][column.key] !== null)
    .map((column) => `${column.title} ${mho.runs[0][column.key]}`);
  return [mho.element('h1', {}, `${mho.runs.length} runs of ${mho.file}`),
    mho.element('p', { class: 'sub' }, [...same, `${created[0]} to ${created.at(-1)}`].join(' · ')), mho.element('div', { class: 'grid' }, mho.section('Any two figures', { wide: true }, mho.element('div', { class: 'controls' }, select('across', 'x', numeric.map(option)),
      mho.element('label', {}, log.x, ' logarithmic'), select('up', 'y', numeric.map(option)), mho.element('label', {}, log.y, ' logarithmic'),
      select('colour', 'colour', [mho.element('option', { value: '' }, 'one for all'), ...colourable.map(option)])), mho.element('div', { class: 'beside' }, mho.element('div', {}, legend_box, picture_box, note), card)),
    mho.section('Runs', { wide: true, long: true }, mho.element('p', { class: 'controls' }, filter), mho.element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'table of runs' },
      mho.element('table', { id: 'runs' }, count, mho.element('thead', {}, mho.element('tr', {}, mho.element('th', {}, mho.element('span', { class: 'note' }, 'choose')), ...heads)), body)),
      mho.element('p', { class: 'note' }, `A filter takes words and comparisons by the names of the database, as throughput_per_s>1e6 or tile.adc.bits=6.`)))];
};

mho.shapes_legend = (names) => mho.element('ul', { class: 'legend' }, ...names.map((name, k) => {
  const picture = mho.svg('svg', { viewBox: '0 0 14 14', width: 14, height: 14, style: 'display:inline-block;width:14px;vertical-align:-2px;margin-right:5px', 'aria-hidden': 'true' },
    mho.svg('path', { d: mho.shape(k, 7, 7, 4.5), fill: mho.colour(k) }));
  return mho.element('li', {}, picture, name);
}));
