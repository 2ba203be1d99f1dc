'use strict';
// Parts of pictures: elements of SVG and HTML, scales, a frame with axes, bars.

mho.element = function (tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
};

mho.svg = function (tag, attributes = {}, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) node.setAttribute(name, typeof value === 'number' ? Math.round(value * 100) / 100 : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
};

// An empty picture; `label` is the text for screen readers.
mho.picture = (width, height, label) => mho.svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label });

// Shows a text beside a position of the window; an empty text hides it.
mho.show_tip = function (text, x, y) {
  const tip = document.getElementById('tip');
  tip.hidden = !text;
  if (!text) return;
  tip.textContent = text;
  const box = tip.getBoundingClientRect();
  tip.style.left = Math.max(4, Math.min(x + 14, innerWidth - box.width - 4)) + 'px';
  tip.style.top = (y + 18 + box.height > innerHeight ? y - box.height - 10 : y + 18) + 'px';
};

// Shows a text while the pointer is on the node.
mho.tip = function (node, text) {
  node.addEventListener('pointermove', (event) => mho.show_tip(text, event.clientX, event.clientY));
  node.addEventListener('pointerleave', () => mho.show_tip(''));
  return node;
};

// A scale with round ticks: multiples of 1, 2 or 5 times a power of ten. Both ends are ticks, also on a logarithmic scale.
mho.scale = function (values, { log = false, zero = false, count = 6 } = {}) {
  let low = Math.min(...values), high = Math.max(...values);
  if (zero) [low, high] = [Math.min(0, low), Math.max(0, high)];
  const round = (value) => Number(value.toPrecision(12));
  const ticks = [];
  if (log) {
    const steps = [1, 2, 5];
    const all = [];
    for (let decade = Math.floor(Math.log10(low)) - 1; decade <= Math.ceil(Math.log10(high)) + 1; ++decade) {
      for (const step of steps) all.push(round(step * 10 ** decade));
    }
    low = Math.max(...all.filter((tick) => tick <= low * (1 + 1e-9)));
    high = Math.min(...all.filter((tick) => tick >= high * (1 - 1e-9)));
    if (low === high) [low, high] = [all[all.indexOf(low) - 1], all[all.indexOf(high) + 1]];
    const inside = all.filter((tick) => tick >= low && tick <= high);
    const decades = inside.filter((tick) => Math.abs(Math.log10(tick) - Math.round(Math.log10(tick))) < 1e-9);
    ticks.push(...(inside.length <= count + 3 ? inside : [low, ...decades.filter((tick) => tick > low && tick < high), high]));
    return { low, high, ticks, log, at: (value) => Math.log(value / low) / Math.log(high / low) };
  }
  if (low === high) {
    const reach = Math.abs(low) * 0.05 || 1;
    [low, high] = zero && low >= 0 ? [0, high || 1] : [low - reach, high + reach];
  }
  const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * (1 - 1e-9));
  low = step * Math.floor(low / step + 1e-9);
  high = step * Math.ceil(high / step - 1e-9);
  for (let k = Math.round(low / step); k * step <= high + step * 1e-6; ++k) ticks.push(round(k * step));
  return { low, high, ticks, log, at: (value) => (value - low) / (high - low) };
};

// Title and tick texts of an axis; the prefix is part of the unit in the title.
mho.axis = function (title, unit, scale, texts) {
  if (texts) return { title, scale, text: texts };
  if (unit === '%') return { title: title + ' (%)', scale, text: (tick) => mho.round(100 * tick, 6) };
  if (!mho.prefixed.has(unit)) return { title: title + (unit ? ` (${unit})` : ''), scale, text: (tick) => mho.round(tick, 6) };
  const [factor, letter] = mho.prefix(scale.log ? Math.sqrt(scale.low * scale.high) : Math.max(Math.abs(scale.low), Math.abs(scale.high)));
  return { title: `${title} (${letter}${unit})`, scale, text: (tick) => mho.round(Number((tick / factor).toPrecision(10)), 6) };
};

// A frame with two axes; x and y convert a value to a coordinate of the picture.
mho.frame = function (picture, box, x_axis, y_axis) {
  const { left, top, width, height } = box;
  const x = (value) => left + width * x_axis.scale.at(value);
  const y = (value) => top + height * (1 - y_axis.scale.at(value));
  for (const tick of x_axis.scale.ticks) {
    picture.append(mho.svg('path', { class: 'rule', d: `M${x(tick)} ${top}V${top + height}` }),
      mho.svg('text', { class: 'middle', x: x(tick), y: top + height + 18 }, x_axis.text(tick)));
  }
  for (const tick of y_axis.scale.ticks) {
    picture.append(mho.svg('path', { class: 'rule', d: `M${left} ${y(tick)}H${left + width}` }),
      mho.svg('text', { class: 'end', x: left - 7, y: y(tick) + 4.5 }, y_axis.text(tick)));
  }
  picture.append(mho.svg('rect', { class: 'axis', x: left, y: top, width, height }),
    mho.svg('text', { class: 'middle', x: left + width / 2, y: top + height + 40 }, x_axis.title));
  const turned = { x: 15, y: top + height / 2 };
  picture.append(mho.svg('text', { class: 'middle', ...turned, transform: `rotate(-90 ${turned.x} ${turned.y})` }, y_axis.title));
  return { x, y };
};

mho.colour = (k) => `var(--c${k % 6})`;

// Width to the left of an axis for the names of rows, shortened to `letters`, in the font of pictures.
mho.room_for = function (rows, letters) {
  const pen = document.createElement('canvas').getContext('2d');
  pen.font = `13px ${getComputedStyle(document.documentElement).fontFamily}`;
  return 14 + Math.max(34, ...rows.map((row) => pen.measureText(mho.short(row.name, letters)).width));
};

// Horizontal bars from 0, one per row: {name, parts: [value...], low, high, note, tip}. `parts` are stacked in the colours of `legend`.
mho.bars = function (title, unit, rows, { legend = [], colours = null, limit = 24 } = {}) {
  const shown = rows.slice(0, limit);
  const letters = 22, row_height = 24, left = mho.room_for(shown, letters), note_width = 112;
  const width = 530, height = 16 + row_height * shown.length + 46, bottom = 10 + row_height * shown.length;
  const total = (row) => row.parts.reduce((sum, part) => sum + part, 0);
  const scale = mho.scale(shown.flatMap((row) => [total(row), row.low ?? 0, row.high ?? 0]), { zero: true, count: 5 });
  const axis = mho.axis(title, unit, scale);
  const picture = mho.picture(width, height, `${title}: ${shown.map((row) => `${row.name} ${row.note}`).join(', ')}`);
  const x = (value) => left + (width - left - note_width) * scale.at(value);
  for (const tick of scale.ticks) {
    picture.append(mho.svg('path', { class: 'rule', d: `M${x(tick)} 4V${bottom}` }), mho.svg('text', { class: 'middle', x: x(tick), y: bottom + 16 }, axis.text(tick)));
  }
  shown.forEach((row, i) => {
    const top = 8 + row_height * i, middle = top + 8;
    const group = mho.svg('g');
    group.append(mho.svg('text', { class: 'end', x: left - 7, y: middle + 4.5 }, mho.short(row.name, letters)));
    let begin = 0;
    row.parts.forEach((part, k) => {
      group.append(mho.svg('rect', { x: x(Math.min(begin, begin + part)), y: top, width: Math.abs(x(begin + part) - x(begin)), height: 16,
        fill: colours ? colours[k] : mho.colour(k) }));
      begin += part;
    });
    let end = x(Math.max(0, begin));
    if (row.low !== undefined && row.high !== undefined && row.high > row.low) {
      group.append(mho.svg('path', { class: 'whisker', d: `M${x(row.low)} ${middle}H${x(row.high)}M${x(row.low)} ${middle - 4}v8M${x(row.high)} ${middle - 4}v8` }));
      end = Math.max(end, x(row.high));
    }
    group.append(mho.svg('text', { class: 'soft', x: end + 6, y: middle + 4.5 }, row.note));
    picture.append(mho.tip(group, row.tip || `${row.name}: ${row.note}`));
  });
  picture.append(mho.svg('path', { class: 'axis', d: `M${x(0)} 4V${bottom}` }),
    mho.svg('text', { class: 'middle', x: (left + width - note_width) / 2, y: bottom + 36 }, axis.title));
  const parts = [picture];
  if (legend.length) parts.unshift(mho.legend(legend, colours));
  if (rows.length > shown.length) parts.push(mho.element('p', { class: 'note' }, `The first ${shown.length} of ${rows.length}; all are in the table below.`));
  return parts;
};

mho.legend = (names, colours = null) => mho.element('ul', { class: 'legend' }, ...names.map((name, k) =>
  mho.element('li', {}, mho.element('i', { style: `background:${colours ? colours[k] : mho.colour(k)}` }), name)));

// A table. Columns: {title, cell(row), number, value(row)}. A long table scrolls inside its box.
mho.table = function (caption, columns, rows) {
  const head = mho.element('tr', {}, ...columns.map((column) => mho.element('th', { scope: 'col', class: column.number ? 'number' : null }, column.title)));
  const body = rows.map((row) => mho.element('tr', {}, ...columns.map((column) => {
    const cell = column.cell(row);
    return mho.element('td', { class: column.number ? 'number' : 'text', title: column.value ? String(column.value(row) ?? '') : null }, cell ?? '–');
  })));
  return mho.element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    mho.element('table', {}, mho.element('caption', {}, caption), mho.element('thead', {}, head), mho.element('tbody', {}, ...body)));
};

mho.details = (summary, ...children) => mho.element('details', {}, mho.element('summary', {}, summary), ...children);

// A section of a page. spread: full width of the paper when printed.
mho.section = function (title, { wide = false, long = false, spread = false } = {}, ...children) {
  return mho.element('section', { class: [wide ? 'wide' : '', long ? 'long' : '', spread ? 'spread' : ''].join(' ').trim() || null, 'aria-label': title },
    mho.element('h2', {}, title), ...children.flat());
};
