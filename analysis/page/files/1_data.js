'use strict';
// Data of the page: mho.runs, one object per run with the columns of the table of runs; run.section(name) returns its tables.
const mho = {};

// Unpacks analysis::PackedTables: the tables of one section, one per run, as {column: cells}.
mho.unpacked = function (section) {
  const arrays = [];
  let before = null;
  return section.tables.map((table) => {
    if (table !== 0) {
      before = table.map((column, c) => {
        if (column === 0) return before[c];
        if (typeof column === 'number') return arrays[column - 1];
        if (Array.isArray(column)) {
          arrays.push(column);
          return column;
        }
        const patched = before[c].slice();
        for (const index of Object.keys(column)) patched[index] = column[index];
        return patched;
      });
    }
    const cells = before;
    return Object.fromEntries(section.columns.map((name, c) => [name, cells[c]]));
  });
};

// The rows of a table as objects.
mho.rows = function (table) {
  if (!table) return [];
  const names = Object.keys(table);
  if (!names.length) return [];
  return table[names[0]].map((_, i) => Object.fromEntries(names.map((name) => [name, table[name][i]])));
};

mho.load = function () {
  const data = JSON.parse(document.getElementById('data').textContent);
  const columns = Object.entries(data.overview).map(([name, column]) => [name, Array.isArray(column) ? column : column.i.map((k) => column.v[k])]);
  const unpacked = {};
  const section_of = (name) => {
    if (!(name in data.sections)) return null;
    if (!(name in unpacked)) unpacked[name] = mho.unpacked(data.sections[name]);
    return unpacked[name];
  };
  mho.file = data.file;
  mho.omitted = data.omitted;
  mho.runs = columns[0][1].map((_, i) => {
    const run = Object.fromEntries(columns.map(([name, cells]) => [name, cells[i]]));
    run.index = i;
    // Each tag is a separate column.
    for (const [key, value] of Object.entries(JSON.parse(run.tags || '{}'))) run['tag ' + key] = value;
    run.section = (name) => mho.rows((section_of(name) || [])[i]);
    return run;
  });
  mho.run = (number) => mho.runs.find((run) => run.run === number);
};
