'use strict';
// Selects the page by the fragment of the address: #runs, #run-12 or #compare-12-14.

mho.show = function () {
  const view = /^#(?:(runs)|run-(\d+)|compare-(\d+)-(\d+))$/.exec(location.hash);
  const [first, second] = mho.runs;
  let content, here, title;
  const found = view ? [view[2], view[3], view[4]].filter(Boolean).map((number) => mho.run(Number(number))) : [];
  if (view && found.every(Boolean) && found.length) {
    here = location.hash;
    [content, title] = found.length === 2 ? [mho.compare_view(...found), `runs ${found[0].run} and ${found[1].run}`] : [mho.run_view(found[0]), `run ${found[0].run}`];
  } else if (mho.runs.length === 1) {
    [content, here, title] = [mho.run_view(first), '#run-' + first.run, 'run ' + first.run];
  } else if (mho.runs.length === 2 && !(view && view[1])) {
    [content, here, title] = [mho.compare_view(first, second), `#compare-${first.run}-${second.run}`, `runs ${first.run} and ${second.run}`];
  } else {
    [content, here, title] = [mho.runs_view(), '#runs', `${mho.runs.length} runs`];
  }
  document.title = `${title} – mho report`;
  document.getElementById('tip').hidden = true;
  document.getElementById('content').replaceChildren(...content);
  const links = mho.runs.length > 1 ? [['#runs', `all ${mho.runs.length} runs`]] : [];
  if (mho.runs.length === 2) links.push([`#compare-${first.run}-${second.run}`, 'compare'], ['#run-' + first.run, `run ${first.run}`], ['#run-' + second.run, `run ${second.run}`]);
  else if (here !== '#runs' && mho.runs.length > 1) links.push([here, title]);
  document.querySelector('nav').replaceChildren(...links.map(([href, text]) => mho.element('a', { href, 'aria-current': href === here ? 'page' : null }, text)));
};

mho.load();
mho.find_tags();
mho.find_differences();
mho.show();
addEventListener('hashchange', () => {
  mho.show();
  scrollTo(0, 0);
  document.getElementById('content').focus();
});
