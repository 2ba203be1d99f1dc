'use strict';
// Floorplan of the chip: layers and use of each node, and traffic of the links.

// Nodes of a run: {column, row, kind, layers, busy, used, energy}, and routers with their positions.
mho.floorplan = function (run) {
  const setting = Object.fromEntries(run.section('parameter').map((row) => [row.key, row.value]));
  const columns = setting['chip.mesh.width'], rows = setting['chip.mesh.height'], together = setting['noc.concentration'] || 1;
  if (!columns || !rows) return null;
  const nodes = Array.from({ length: columns * rows }, (_, node) => ({ node, column: node % columns, row: Math.floor(node / columns), kind: '', layers: [], stages: [],
    busy: 0, unit: '', cells: 0, energy: 0 }));
  const energy = Object.fromEntries(run.section('layer').map((layer) => [layer.name, layer.energy_j]));
  const places = {};
  const put = (node, layer) => {
    if (layer && !nodes[node].layers.includes(layer)) nodes[node].layers.push(layer);
  };
  for (const stage of run.section('stage')) {
    const node = nodes[stage.node];
    node.kind = { analog: 'analog', programming: 'analog', digital: 'digital' }[stage.kind] || 'port';
    node.stages.push(stage.name);
    put(stage.node, stage.layer);
    if (stage.kind === 'digital' && stage.layer) (places[stage.layer] ??= { digital: [], tiles: [] }).digital.push(stage.node);
  }
  const size = setting['tile.rows'] * setting['tile.columns'], per_core = setting['chip.tiles_per_core'] || 1;
  for (const tile of run.section('tile')) {
    nodes[tile.node].kind = 'analog';
    nodes[tile.node].cells += (tile.rows * tile.columns) / (size * per_core);
    put(tile.node, tile.layer);
    (places[tile.layer] ??= { digital: [], tiles: [] }).tiles.push(tile.node);
  }
  for (const [layer, { digital, tiles }] of Object.entries(places)) {
    const on = tiles.length ? tiles : digital;
    for (const node of on) nodes[node].energy += (energy[layer] || 0) / on.length;
  }
  for (const unit of run.section('unit')) {
    const node = nodes[unit.node];
    if (unit.worked_percent >= node.busy * 100) Object.assign(node, { busy: unit.worked_percent / 100, unit: unit.name });
  }
  const wide = together === 1 ? 1 : 2, high = together === 4 ? 2 : 1, router_columns = columns / wide;
  const router = (number) => ({ x: (number % router_columns) * wide + (wide - 1) / 2, y: Math.floor(number / router_columns) * high + (high - 1) / 2 });
  return { columns, rows, nodes, router, wide, high, links: run.section('link').filter((link) => link.kind === 'between') };
};

mho.node_colours = {
  busy: { title: 'work of its busiest unit', value: (node) => node.busy, text: (value) => mho.percent(value, 3), most: () => 1 },
  cells: { title: 'cells that hold weights', value: (node) => node.cells, text: (value) => mho.percent(value, 3), most: () => 1 },
  energy: { title: 'energy of its layers', value: (node) => node.energy, text: (value) => mho.figure(value, 'J', 3), most: (nodes) => Math.max(...nodes.map((node) => node.energy)) || 1 },
};

mho.floorplan_picture = function (plan, by) {
  const colour = mho.node_colours[by], most = colour.most(plan.nodes), peak = Math.max(1e-12, ...plan.links.map((link) => link.flits_per_cycle));
  const large = plan.columns <= 10, size = large ? 92 : plan.columns <= 20 ? 52 : 26, gap = size * 0.42, pitch = size + gap, margin = 14;
  const width = 2 * margin + plan.columns * pitch - gap, height = 2 * margin + plan.rows * pitch - gap;
  const picture = mho.picture(width, height, `floorplan, ${plan.columns} x ${plan.rows} nodes, coloured by ${colour.title}`);
  picture.style.maxWidth = `${Math.round(Math.min(1080, width * 1.15))}px`;
  const centre = (number) => {
    const { x, y } = plan.router(number);
    return { x: margin + x * pitch + size / 2, y: margin + y * pitch + size / 2 };
  };
  for (const link of plan.links) {
    const from = centre(link.from_node), to = centre(link.to_node);
    const length = Math.hypot(to.x - from.x, to.y - from.y), ux = (to.x - from.x) / length, uy = (to.y - from.y) / length;
    const around = length > 1.5 * pitch * (uy === 0 ? plan.wide : plan.high);
    const half = plan.wide === 1 ? size / 2 : size / 4, side = gap * 0.14, share = link.flits_per_cycle / peak;
    // A link that closes a ring is drawn as a stub at the edge.
    const [begin, end] = around ? [-half, -half - gap * 0.4] : [half, length - half];
    const at = (way) => `${from.x + ux * way - uy * side} ${from.y + uy * way + ux * side}`;
    picture.append(mho.tip(mho.svg('path', { d: `M${at(begin)}L${at(end)}`, stroke: `color-mix(in srgb, var(--flow) ${Math.round(100 * share)}%, var(--flow-low))`,
      'stroke-width': gap * (0.05 + 0.15 * share) }), `router ${link.from_node} to ${link.to_node}: ${mho.round(link.flits_per_cycle, 4)} flits per cycle`));
  }
  for (const node of plan.nodes) {
    const x = margin + node.column * pitch, y = margin + node.row * pitch, share = Math.min(1, colour.value(node) / most);
    const class_name = share > 0.6 ? 'middle on-high' : 'middle';
    const fill = share < 0.5 ? `color-mix(in srgb, var(--middle) ${Math.round(200 * share)}%, var(--low))` : `color-mix(in srgb, var(--high) ${Math.round(200 * share - 100)}%, var(--middle))`;
    const group = mho.svg('g', {}, mho.svg('rect', { x, y, width: size, height: size, rx: node.kind === 'digital' ? size * 0.2 : 2, fill,
      stroke: node.kind ? 'var(--ink)' : 'var(--line)', 'stroke-width': 1.3, 'stroke-dasharray': node.kind === 'port' ? '5 3' : null }));
    const line = (dy, text) => group.append(mho.svg('text', { class: class_name, x: x + size / 2, y: y + dy, style: `font-size:${large ? 11.5 : 10}px` }, text));
    if (size > 40) line(large ? 16 : 14, large ? `${node.node} ${node.kind}` : String(node.node));
    if (large) {
      const names = node.layers.length ? node.layers : node.stages;
      names.slice(0, 3).forEach((name, i) => line(33 + 13 * i, i === 2 && names.length > 3 ? `and ${names.length - 2} more` : mho.short(name, 14)));
    }
    if (node.kind && size > 40) line(size - 8, colour.text(colour.value(node)));
    picture.append(mho.tip(group, `node ${node.node}${node.kind ? ', ' + node.kind : ', unused'}\n${node.stages.join(', ')}\n` +
      `busiest unit: ${node.unit || '–'} ${mho.percent(node.busy, 3)}\ncells used: ${mho.percent(node.cells, 3)}\nenergy of its layers: ${mho.figure(node.energy, 'J', 3)}`));
  }
  return picture;
};

mho.floorplan_section = function (run) {
  const plan = mho.floorplan(run);
  if (!plan || !plan.nodes.some((node) => node.kind)) return null;
  const box = mho.element('div'), legend = mho.element('p', { class: 'note' });
  const choice = mho.element('select', { 'aria-label': 'colour of nodes' }, ...Object.entries(mho.node_colours).map(([key, { title }]) => mho.element('option', { value: key }, title)));
  const peak = Math.max(0, ...plan.links.map((link) => link.flits_per_cycle));
  const show = () => {
    const colour = mho.node_colours[choice.value];
    box.replaceChildren(mho.floorplan_picture(plan, choice.value));
    legend.textContent = `The strongest colour: ${colour.text(colour.most(plan.nodes))}. Links are as thick and as coloured as their share of the busiest, ${mho.round(peak, 3)} flits per cycle; ` +
      'each direction keeps to the right. Digital cores have round corners, ports broken lines. The energy of a layer is shared equally by its tiles.';
  };
  choice.addEventListener('change', show);
  show();
  const per_node = plan.nodes.filter((node) => node.kind);
  return mho.section('Floorplan', { wide: true }, mho.element('p', { class: 'controls' }, mho.element('label', {}, 'colour by ', choice)), box, legend,
    mho.details('nodes as a table', mho.table('nodes that are used', [{ title: 'node', number: true, cell: (row) => String(row.node) }, { title: 'kind', cell: (row) => row.kind },
      { title: 'layers', cell: (row) => row.layers.join(', ') }, { title: 'busiest unit', cell: (row) => row.unit },
      ...Object.values(mho.node_colours).map(({ title, value, text }) => ({ title, number: true, cell: (row) => text(value(row)), value }))], per_node)));
};
