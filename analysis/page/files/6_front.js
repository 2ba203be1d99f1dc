'use strict';
// A picture of any two columns over all runs, with a front for each pair of network and data, because chips are comparable only for the same work.

// The Pareto front of the runs, in the order of x. Directions: 1 if more is better, -1 if less is.
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
// Whether the values of the column differ; runs without a value are ignored.
mho.differs = (column) => new Set(mho.runs.map((run) => run[column.key]).filter((value) => value !== null && value !== undefined)).size > 1;
mho.is_number = (column) => column.kind !== 'text' && mho.runs.some((run) => typeof run[column.key] === 'number');
// The groups of a picture's points, sorted by number or alphabet for the legend.
mho.groups_of = (key) => (key ? [...new Set(mho.runs.map((run) => String(run[key] ?? '–')))].sort((one, other) => one.localeCompare(other, 'en', { numeric: true })) : ['']);

// A mark of a group; groups differ in shape and colour.
mho.shape = function (group, x, y, size) {
  const s = size, third = size * 0.67;
  const paths = [`M${x - s} ${y}a${s} ${s} 0 1 0 ${2 * s} 0a${s} ${s} 0 1 0 ${-2 * s} 0z`, `M${x - s} ${y - s}h${2 * s}v${2 * s}h${-2 * s}z`,
    `M${x} ${y - 1.25 * s}l${1.2 * s} ${2.2 * s}h${-2.4 * s}z`, `M${x} ${y - 1.35 * s}l${1.35 * s} ${1.35 * s}l${-1.35 * s} ${1.35 * s}l${-1.35 * s} ${-1.35 * s}z`,
    `M${x} ${y + 1.25 * s}l${1.2 * s} ${-2.2 * s}h${-2.4 * s}z`,
    `M${x - s} ${y - s / 3}h${third}v${-third}h${third}v${third}h${third}v${third}h${-third}v${third}h${-third}v${-third}h${-third}z`];
  return paths[group % 6];
};

mho.shapes_legend = (names) => mho.element('ul', { class: 'legend' }, ...names.map((name, k) => mho.element('li', {}, mho.svg('svg', { viewBox: '0 0 14 14', class: 'sample',
  'aria-hidden': 'true' }, mho.svg('path', { d: mho.shape(k, 7, 7, 4.5), fill: mho.colour(k) })), name)));

// Unit of a column on an axis.
mho.unit_of = function (column) {
  if (column.kind === 'share') return '%';
  if (column.kind === 'score') return mho.runs.every((run) => run.metric === null || mho.shares.has(run.metric)) ? '%' : '';
  return column.kind === 'count' || column.kind === 'plain' ? '' : column.kind;
};

mho.column_axis = function (column, scale) {
  const unit = column.kind === 'plain' && column.unit ? ` (${column.unit})` : '';
  return mho.axis(column.title + unit, mho.unit_of(column), scale);
};

// The points by network and data.
mho.works_of = function (points) {
  const works = new Map();
  for (const point of points) {
    const key = `${point.run.network} ${point.run.data}`;
    if (!works.has(key)) works.set(key, []);
    works.get(key).push(point);
  }
  return [...works.values()];
};

// Draws the runs on `axes`: {x, y, colour: keys of columns, log: {x, y}}. Returns {picture, points, fronts, groups, directions}; a point contains its
// run, its node and its coordinates.
mho.draw_front = function (runs, axes, is_chosen) {
  const columns = { x: mho.column(axes.x), y: mho.column(axes.y) };
  const points = runs.map((run) => ({ run, x: run[axes.x], y: run[axes.y] })).filter((point) => typeof point.x === 'number' && typeof point.y === 'number');
  const width = 760, picture = mho.picture(width, 460, `${columns.y.title} over ${columns.x.title} of ${points.length} runs`);
  const drawn = { picture, points, fronts: [], groups: mho.groups_of(axes.colour), directions: [0, 0], width };
  if (!points.length) {
    picture.append(mho.svg('text', { x: 20, y: 40 }, 'No run has both figures and passes the filter.'));
    return drawn;
  }
  const axis = (key) => mho.column_axis(columns[key], mho.scale(points.map((point) => point[key]), { log: axes.log[key], count: 7 }));
  const { x, y } = mho.frame(picture, { left: 78, top: 14, width: 660, height: 392 }, axis('x'), axis('y'));
  for (const point of points) Object.assign(point, { px: x(point.x), py: y(point.y) });
  drawn.directions = ['x', 'y'].map((key) => mho.direction(columns[key], points[0].run));
  if (drawn.directions.every(Boolean)) drawn.fronts = mho.works_of(points).map((alike) => mho.front(alike, ...drawn.directions));
  for (const front of drawn.fronts) {
    if (front.length < 2) continue;
    // The line between two runs of the front is a step: the boundary of the region that they dominate.
    const to = (point) => (drawn.directions[0] < 0 ? `H${point.px}V${point.py}` : `V${point.py}H${point.px}`);
    picture.append(mho.svg('path', { class: 'front-line', d: front.map((point, i) => (i ? to(point) : `M${point.px} ${point.py}`)).join('') }));
  }
  const on_front = new Set(drawn.fronts.flat()), group_of = new Map(drawn.groups.map((name, k) => [name, k]));
  const place = (value) => Math.round(value * 10) / 10;
  for (const point of points.toSorted((a, b) => on_front.has(a) - on_front.has(b))) {
    const group = axes.colour ? group_of.get(String(point.run[axes.colour] ?? '–')) : 0, best = on_front.has(point);
    point.node = mho.svg('path', { class: ['point', best && 'front', is_chosen(point.run) && 'chosen'].filter(Boolean).join(' '),
      d: mho.shape(group, place(point.px), place(point.py), best ? 5 : 4), fill: mho.colour(group), 'data-run': point.run.run });
    picture.append(point.node);
  }
  points.sort((a, b) => a.x - b.x || a.y - b.y);
  return drawn;
};

// Pointer and keys of a drawn front: the nearest point is marked, a click or Enter chooses it, arrow keys move to the next point.
mho.operate_front = function (drawn, selection, text_of) {
  const { picture, points, width } = drawn;
  picture.setAttribute('tabindex', '0');
  picture.setAttribute('id', 'front');
  let cursor = -1;
  // A point marked by keys stays marked until the pointer moves: browsers also report a resting pointer after scrolling.
  let by_key = false;
  const nearest = (event) => {
    const box = picture.getBoundingClientRect(), scale = width / box.width;
    const away = (point) => Math.hypot(point.px - (event.clientX - box.left) * scale, point.py - (event.clientY - box.top) * scale);
    let best = null, distance = 16;
    for (const point of points) {
      if (away(point) < distance) [best, distance] = [point, away(point)];
    }
    return best;
  };
  picture.addEventListener('pointermove', (event) => {
    if (event.movementX || event.movementY) by_key = false;
    if (by_key) return;
    const point = nearest(event);
    selection.point_at(point && point.run);
    mho.show_tip(point && text_of(point.run), event.clientX, event.clientY);
  });
  const leave = () => {
    selection.point_at(null);
    mho.show_tip('');
  };
  picture.addEventListener('pointerleave', () => by_key || leave());
  picture.addEventListener('blur', () => {
    by_key = false;
    leave();
  });
  picture.addEventListener('click', (event) => {
    const point = nearest(event);
    if (point) selection.toggle(point.run);
  });
  picture.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (step && points.length) {
      cursor = Math.max(0, Math.min(points.length - 1, cursor + step));
      const point = points[cursor], box = picture.getBoundingClientRect(), scale = box.width / width;
      by_key = true;
      selection.point_at(point.run);
      mho.show_tip(text_of(point.run), box.left + point.px * scale, box.top + point.py * scale);
    } else if ((event.key === 'Enter' || event.key === ' ') && selection.pointed) {
      selection.toggle(selection.pointed);
    } else {
      return;
    }
    event.preventDefault();
  });
};
