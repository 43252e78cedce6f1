// Puts the parts together: what comes from the feed, what is drawn, what is pressed.

import { Feed } from './feed.js';
import { Model } from './model.js';
import { Plot, bins, dash, forgetColours, number, swatch } from './plots.js';
import { Rope, toggleOf } from './rope.js';
import { LinkCards } from './links.js';
import { Log } from './log.js';
import { Runs } from './runs.js';
import { KEYS, listen } from './keys.js';
import { isVirtual, setOrigin } from './time.js';

const DRAW_MS = 200;
const MOST_LINES = 12;
const at = (id) => document.getElementById(id);

const METRICS = [
  { key: 'goodput', name: 'Goodput', axis: 'Goodput, Mbit/s', of: 'paths', sum: true, top: 1 },
  { key: 'rtt', name: 'RTT', axis: 'Round-trip time, ms', of: 'paths', top: 5 },
  { key: 'cwnd', name: 'Window', axis: 'Congestion window, KiB', of: 'paths', top: 16 },
  { key: 'flight', name: 'In flight', axis: 'Bytes in flight, KiB', of: 'paths', top: 16 },
  { key: 'retransmitted', name: 'Retransmissions', axis: 'Segments sent again since the start',
    of: 'paths', top: 5 },
  { key: 'reinjected', name: 'Reinjections', axis: 'Sent again on another subflow since the start, KiB',
    of: 'connections', top: 16 },
  { key: 'reorder', name: 'Reorder queue', axis: 'Waiting for earlier bytes or for the reader, KiB',
    of: 'connections', top: 16 },
  { key: 'application', name: 'Application', axis: 'What the receiving application gets, Mbit/s',
    of: 'transfers', top: 1, runs: true },
  { key: 'delay', name: 'Message delay', axis: 'Delay of messages, ms', of: 'delays', top: 5, runs: true },
];

const model = new Model();
let state = { links: [], scenarios: [], finished: [], running: '', gone: '', title: '' };
let metric = METRICS[0];
let alive = false;

const others = [];

/** A link's colour, in the order in which the server names them; else that of their coming. */
function indexOf(name) {
  const place = state.links.findIndex((link) => link.name === name);
  if (place >= 0) {
    return place;
  }
  if (!others.includes(name)) {
    others.push(name);
  }
  return state.links.length + others.indexOf(name);
}

// ---- messages for the person

let toastTimer;

function complain(message) {
  const toast = at('toast');
  toast.textContent = message;
  toast.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { toast.hidden = true; }, 8000);
}

function showStatus() {
  const pill = at('status');
  const [word, text] = !alive ? ['bad', 'No connection'] : state.gone ? ['warn', 'Source gone'] : ['good', 'Live'];
  pill.className = `pill ${word}`;
  if (pill.textContent !== text) {
    pill.textContent = text;
  }
  const banner = at('banner');
  const message = !alive
    ? 'The dashboard does not answer. This page connects again by itself.'
    : state.gone ? `${state.gone}. This page goes on by itself when it is back.` : '';
  banner.hidden = message === '';
  if (banner.textContent !== message) {
    banner.textContent = message;
  }
}

// ---- what is pressed

async function press(what, body, button) {
  button?.setAttribute('aria-busy', 'true');
  try {
    await feed.press(what, body);
    at('toast').hidden = true;
  } catch (problem) {
    complain(problem.message);
  } finally {
    button?.removeAttribute('aria-busy');
  }
}

const changeLink = (link, change, button) => press('link', { link, change }, button);

function toggleLink(name) {
  const link = state.links.find((l) => l.name === name);
  return link ? changeLink(name, toggleOf(link)) : undefined;
}

// ---- the parts

const rope = new Rope(at('stage'), toggleLink);
const cards = new LinkCards(at('links'), changeLink);
const log = new Log(at('log'), at('log-filter'));
const runs = new Runs({
  form: at('start-form'), scenario: at('scenario'), stack: at('stack'), start: at('start'),
  stop: at('stop'), title: at('scenario-title'), progress: at('progress'), reports: at('reports'),
}, press);
const HEIGHT = { usual: 276, alone: 440 };
const plot = new Plot(at('subflow-plot'), { height: HEIGHT.usual, minTop: 1 });

for (const one of METRICS) {
  const label = document.createElement('label');
  const radio = document.createElement('input');
  radio.type = 'radio';
  radio.name = 'metric';
  radio.value = one.key;
  radio.checked = one === metric;
  radio.addEventListener('change', () => choose(one));
  label.append(radio, one.name);
  at('metrics').append(label);
  one.button = label;
}

function choose(one) {
  metric = one;
  document.querySelector(`input[name=metric][value=${one.key}]`).checked = true;
  draw();
}

// ---- the plot of subflows

/** What has figures in the window, so that connections of the past leave the legend. */
function seen(map, grid) {
  return [...map.values()].filter((one) => one.series.lastTime() >= grid.from);
}

function pathName(path) {
  const program = model.connections.get(path.connection)?.program;
  const name = path.link || `subflow ${path.number}, ${path.local.replace(/:\d+$/, '')}`;
  const owner = program || (model.connections.size > 1 ? `connection ${path.connection}` : '');
  return owner ? `${name} · ${owner}` : name;
}

function connectionName(connection) {
  return connection.program || `connection ${connection.key}`;
}

/** Of many only the busiest are drawn; the sum has all. */
function busiest(lines) {
  if (lines.length <= MOST_LINES) {
    return lines;
  }
  const size = (line) => line.values.reduce((sum, v) => sum + (v ?? 0), 0);
  const kept = new Set(lines.map((l) => [size(l), l]).sort((a, b) => b[0] - a[0])
    .slice(0, MOST_LINES).map(([, l]) => l));
  return lines.filter((l) => kept.has(l));
}

/** Why there is nothing to see. */
function emptyWords() {
  if (metric.key === 'delay' && model.transfers.size > 0) {
    return 'No messages here. Scenarios with voice, games or requests have delays.';
  }
  return state.scenarios.length > 0
    ? 'No data yet. Start a scenario, and its subflows show here.'
    : 'No data yet. Connections show here as soon as there are any.';
}

function sources(grid) {
  const byLink = new Map();
  const names = new Map();
  if (metric.of === 'paths') {
    return seen(model.paths, grid).map((path) => {
      const place = path.link ? indexOf(path.link) : path.number;
      const nth = byLink.get(place) ?? 0;
      byLink.set(place, nth + 1);
      const name = pathName(path);
      const same = names.get(name) ?? 0;
      names.set(name, same + 1);
      const label = `${name}${same > 0 ? ` #${same + 1}` : ''}${path.backup ? ' (backup)' : ''}`;
      return { series: path.series, colour: `link-${place % 6}`, dash: dash(nth), label,
        title: `${path.local} to ${path.remote}` };
    });
  }
  return seen(model[metric.of], grid).map((one, i) => ({
    series: one.series, colour: `link-${i % 6}`, dash: dash(Math.floor(i / 6)),
    label: metric.of === 'connections' ? connectionName(one) : one.key, title: '' }));
}

function drawSubflows(grid, marks) {
  const all = sources(grid).map((s) => ({
    ...s, width: 2, values: s.series.binned(metric.key, grid.from, grid.step, grid.count) }));
  const lines = busiest(all);
  if (metric.sum && all.length > 1) {
    const sum = grid.x.map((_, i) => {
      const known = all.map((l) => l.values[i]).filter((v) => v !== null);
      return known.length === 0 ? null : known.reduce((a, b) => a + b, 0);
    });
    lines.push({ label: 'sum', colour: 'ink', dash: [2, 3], width: 1.75, values: sum, title: '' });
  }
  at('subflows-axis').textContent = metric.axis;
  plot.draw(grid.x, lines.map(({ label, colour, dash: d, width, values }) =>
    ({ label, colour, dash: d, width, values })), marks, metric.top);
  const hasData = lines.some((l) => l.values.some((v) => v !== null));
  plot.say(hasData ? '' : emptyWords());
  legend(lines, all.length - Math.min(all.length, MOST_LINES));
}

function legend(lines, more) {
  const list = at('subflow-legend');
  const shape = JSON.stringify([more, lines.map((l) => [l.label, l.colour, l.dash])]);
  if (list.dataset.shape !== shape) {
    list.dataset.shape = shape;
    list.replaceChildren(...lines.map((l) => {
      const item = document.createElement('li');
      item.title = l.title;
      item.append(swatch(l.colour, l.dash), `${l.label} `, document.createElement('b'));
      return item;
    }));
    if (more > 0) {
      const item = document.createElement('li');
      item.className = 'hint';
      item.textContent = `and ${more} more, less busy`;
      list.append(item);
    }
  }
  lines.forEach((l, i) => {
    const place = plot.hover ?? l.values.findLastIndex((v) => v !== null);
    const value = list.children[i]?.querySelector('b');
    if (value) {
      value.textContent = number(place >= 0 ? l.values[place] : null);
    }
  });
}

// ---- drawing

function draw() {
  if (document.hidden) {
    return;
  }
  const now = model.now();
  const grid = bins(now, Number(at('window').value));
  const marks = model.marks.filter((m) => m.t >= grid.from);
  cards.draw(model, grid, marks);
  drawSubflows(grid, marks);
  log.show(model.log);
  runs.progress(model.run, now);
  rope.speeds((name) => model.speeds(name));
}

function show(next) {
  state = next;
  if (setOrigin(state.origin)) {
    log.reset();
    at('times').textContent = isVirtual()
      ? 'Times are the simulation\u2019s, minutes and seconds since it began.'
      : 'Times are this browser\u2019s.';
  }
  at('title').textContent = state.title;
  document.title = `${state.title} · Hawser`;
  state.links.forEach((link) => model.limit(link.name, link.forth, link.back));
  rope.show(state.links, indexOf);
  cards.show(state.links, indexOf);
  runs.show(state);
  const pill = at('running');
  pill.hidden = !state.running;
  pill.textContent = `Running ${state.running}`;
  const watchOnly = state.links.length === 0 && state.scenarios.length === 0;
  document.querySelector('main').classList.toggle('watch-only', watchOnly);
  plot.resize(watchOnly ? HEIGHT.alone : HEIGHT.usual);
  METRICS.filter((one) => one.runs).forEach((one) => { one.button.hidden = watchOnly; });
  showStatus();
}

const feed = new Feed({
  hello() {
    model.reset();
    log.reset();
  },
  state: show,
  data(messages) {
    model.take(messages);
  },
  alive(yes) {
    if (alive !== yes) {
      alive = yes;
      showStatus();
    }
  },
});

// ---- theme, window, keys

const THEMES = ['auto', 'light', 'dark'];

function theme(word) {
  document.documentElement.dataset.theme = word;
  at('theme').textContent = `Theme: ${word}`;
  localStorage.setItem('theme', word);
  forgetColours();
  cards.restyle();
  plot.restyle();
  draw();
}

const currentTheme = () => document.documentElement.dataset.theme;
const nextTheme = () => theme(THEMES[(THEMES.indexOf(currentTheme()) + 1) % THEMES.length]);

function nextWindow() {
  const select = at('window');
  select.selectedIndex = (select.selectedIndex + 1) % select.options.length;
  draw();
}

function stepMetric(by) {
  const there = METRICS.filter((one) => !one.button.hidden);
  choose(there[(there.indexOf(metric) + by + there.length) % there.length]);
}

for (const [key, meaning] of KEYS) {
  const term = document.createElement('dt');
  const kbd = document.createElement('kbd');
  kbd.textContent = key;
  term.append(kbd);
  const text = document.createElement('dd');
  text.textContent = meaning;
  at('key-list').append(term, text);
}

const help = () => at('keys').showModal();
at('help').addEventListener('click', help);
at('theme').addEventListener('click', nextTheme);
at('window').addEventListener('change', draw);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => theme(currentTheme()));
listen({
  link: (i) => { const link = state.links[i]; if (link) { toggleLink(link.name); } },
  s: () => runs.toggle(),
  '[': () => stepMetric(-1),
  ']': () => stepMetric(1),
  w: nextWindow,
  t: nextTheme,
  l: () => { at('log').focus(); at('log').scrollIntoView({ block: 'nearest' }); },
  '?': help,
});
theme(localStorage.getItem('theme') ?? 'auto');
showStatus();
setInterval(draw, DRAW_MS);
