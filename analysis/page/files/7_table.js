'use strict';
// The table of runs: its columns, its filter, its order.

mho.searched = function (run) {
  run.words ??= mho.columns.filter((column) => column.kind === 'text').map((column) => run[column.key]).concat(run.run).join(' ').toLowerCase();
  return run.words;
};

// Filter such as "energy_per_inference_j<2e-8 strokes": comparisons by the name of a column or a key, and words that the texts of a run must contain.
mho.filter = function (text) {
  const terms = text.trim().split(/\s+/).filter(Boolean).map((term) => {
    const [, name, sign, wanted] = /^([\w.]+)(<=|>=|!=|<|>|=)(.+)$/.exec(term) || [];
    const column = name && mho.columns.find((one) => one.key === name || one.key === 'set ' + name || one.key === name.replace(/^tag\./, 'tag '));
    if (!column) return (run) => mho.searched(run).includes(term.toLowerCase());
    const number = Number(wanted);
    if (sign === '=' || sign === '!=') {
      return (run) => (typeof run[column.key] === 'number' ? run[column.key] === number : String(run[column.key]) === wanted) === (sign === '=');
    }
    const holds = { '<': (left) => left < number, '>': (left) => left > number, '<=': (left) => left <= number, '>=': (left) => left >= number }[sign];
    return (run) => typeof run[column.key] === 'number' && holds(run[column.key]);
  });
  return (run) => terms.every((term) => term(run));
};

// Columns of the table: first those that distinguish the runs, then the results.
mho.table_columns = function () {
  const always = new Set(['first_accuracy', 'last_accuracy', 'latency_s', 'throughput_per_s', 'energy_per_inference_j', 'area_mm2', 'tops_per_watt', 'tiles']);
  const settings = mho.columns.filter((column) => column.setting).slice(0, 6);
  const any = (column) => mho.runs.some((run) => run[column.key] !== null && run[column.key] !== '' && run[column.key] !== undefined);
  // The name of an unnamed design lists its differences, and separate columns show them already.
  const named = mho.runs.some((run) => run.name !== run.design);
  const hidden = new Set(['created', 'differs', ...(named ? ['design'] : ['name'])]);
  const told = (column) => column.kind === 'text' && !column.setting && !hidden.has(column.key) && (column.tag || column.key === 'reason' || mho.differs(column));
  const differs = (column) => column.key === 'differs' && mho.differing.length > settings.length;
  return [mho.column('run'), ...mho.columns.filter((column) => any(column) && (told(column) || differs(column))), ...settings,
    ...mho.columns.filter((column) => any(column) && always.has(column.key))];
};

// More rows are laid out on request only, because a browser needs too long for a thousand.
mho.most_rows = 200;

// Fixes the widths of the columns, so that sorting does not cause a new layout.
mho.freeze = (table) => requestAnimationFrame(() => {
  const heads = [...table.querySelectorAll('th')], widths = heads.map((head) => head.getBoundingClientRect().width);
  heads.forEach((head, i) => (head.style.width = widths[i] + 'px'));
  table.classList.add('frozen');
});

// A title with line breaks permitted after the points and underscores of a key only.
mho.breakable = (title) => title.split(/(?<=[._])/).flatMap((part, k) => (k ? [mho.element('wbr'), part] : [part]));

// The table of the runs. Returns {node, show(runs)}.
mho.run_table = function (selection) {
  const columns = mho.table_columns();
  let visible = mho.runs, sorted_by = 'run', down = false, most = mho.most_rows;
  const made = new Map();
  const row_of = (run) => {
    if (!made.has(run)) {
      const box = mho.element('input', { type: 'checkbox', 'aria-label': `choose run ${run.run}` });
      const row = mho.element('tr', { 'data-run': run.run }, mho.element('td', {}, box), ...columns.map((column) => mho.element('td',
        { class: column.kind === 'text' ? 'word' : 'number', title: String(run[column.key] ?? '') },
        column.key === 'run' ? mho.element('a', { href: `#run-${run.run}` }, String(run.run)) : mho.short(mho.cell(run, column), 40))));
      row.addEventListener('click', (event) => event.target.tagName === 'A' || selection.toggle(run));
      row.addEventListener('pointerenter', () => selection.point_at(run));
      made.set(run, row);
      mark(run);
    }
    return made.get(run);
  };
  const mark = (run) => {
    const row = made.get(run), is_chosen = selection.chosen.includes(run);
    row?.classList.toggle('chosen', is_chosen);
    if (row) row.querySelector('input').checked = is_chosen;
  };
  const body = mho.element('tbody', { onpointerleave: () => selection.point_at(null) }), count = mho.element('caption');
  const more = mho.element('button', { type: 'button', onclick: () => {
    most = Infinity;
    arrange();
  } });
  const more_line = mho.element('p', { class: 'controls' }, more);
  const arrange = () => {
    const less = (a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'en', { numeric: true }));
    const empty = (run) => run[sorted_by] === null || run[sorted_by] === undefined;
    const order = visible.toSorted((a, b) => empty(a) - empty(b) || (down ? -1 : 1) * less(a[sorted_by], b[sorted_by]));
    body.replaceChildren(...order.filter((run, k) => k < most || selection.chosen.includes(run)).map(row_of));
    count.textContent = `${visible.length} of ${mho.runs.length} runs`;
    more.textContent = `show all ${visible.length} rows, not the first ${most} alone`;
    more_line.hidden = visible.length <= most;
    heads.forEach((head, i) => (columns[i].key === sorted_by ? head.setAttribute('aria-sort', down ? 'descending' : 'ascending') : head.removeAttribute('aria-sort')));
  };
  const heads = columns.map((column) => mho.element('th', { scope: 'col', class: column.kind === 'text' ? null : 'number', 'data-column': column.key },
    mho.element('button', { type: 'button', onclick: () => {
      down = sorted_by === column.key ? !down : false;
      sorted_by = column.key;
      arrange();
    } }, ...mho.breakable(column.title))));
  selection.listen({
    chosen: (run) => {
      mark(run);
      if (!selection.chosen.includes(run)) return;
      if (!made.get(run)?.isConnected) arrange();
      made.get(run)?.scrollIntoView({ block: 'nearest' });
    },
    pointed: (before, now) => {
      made.get(before)?.classList.remove('pointed');
      made.get(now)?.classList.add('pointed');
    },
  });
  const choose = mho.element('th', {}, mho.element('span', { class: 'note' }, 'choose'));
  const table = mho.element('table', { id: 'runs' }, count, mho.element('thead', {}, mho.element('tr', {}, choose, ...heads)), body);
  arrange();
  mho.freeze(table);
  const node = mho.element('div', {}, mho.element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'table of runs' }, table), more_line);
  return { node, show: (runs) => {
    visible = runs;
    arrange();
  } };
};
