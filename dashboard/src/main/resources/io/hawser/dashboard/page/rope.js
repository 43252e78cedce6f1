// The picture: nodes, and links as ropes between them. A press on a rope pulls its cable.

import { number } from './plots.js';

const SVG = 'http://www.w3.org/2000/svg';
const LANE = 92;
const PLATE = 92;
const POST = { wide: 104, narrow: 58 };

/** How a link stands, in one word and as a person would say it. */
export function condition(link) {
  if (!link.present) {
    return { word: 'removed', text: 'Removed' };
  }
  if (!link.up) {
    return { word: 'down', text: 'Cable out' };
  }
  return link.blackhole
    ? { word: 'blackhole', text: 'Black hole' }
    : { word: 'up', text: 'Up' };
}

/** What a press on the rope asks for. */
export function toggleOf(link) {
  return { removed: 'add', down: 'up', blackhole: 'restore', up: 'down' }[condition(link).word];
}

const PROMISE = {
  add: 'Press to add it again',
  up: 'Press to plug it in',
  restore: 'Press to let packets pass',
  down: 'Press to pull the cable',
};

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  return made;
}

export class Rope {
  #stage;
  #svg = element('svg', { class: 'ropes', 'aria-hidden': 'true' });
  #plates = new Map();
  #links = [];
  #shape = '';

  constructor(stage, press) {
    this.#stage = stage;
    this.press = press;
    stage.append(this.#svg);
    new ResizeObserver(() => this.#draw()).observe(stage);
  }

  /** Links as the server tells them; `index` gives a link its colour. */
  show(links, index) {
    this.#links = links.map((link) => ({ ...link, index: index(link.name) }));
    const shape = JSON.stringify([this.#links.map((l) =>
      [l.name, l.from, l.to, condition(l).word, l.back, l.forth, l.index])]);
    if (shape !== this.#shape) {
      this.#shape = shape;
      this.#draw();
    }
  }

  /** Speeds on the plates. */
  speeds(of) {
    for (const link of this.#links) {
      const plate = this.#plates.get(link.name);
      const { rx, tx } = of(link.name);
      const text = `↓\u00a0${number(rx)}  ↑\u00a0${number(tx)}`;
      const unit = rx === null && tx === null ? '' : 'Mbit/s';
      if (plate && plate.speed.textContent !== text) {
        plate.speed.textContent = text;
      }
      if (plate && plate.unit.textContent !== unit) {
        plate.unit.textContent = unit;
      }
      const rope = this.#svg.querySelector(`[data-flow="${link.name}"]`);
      if (rope) {
        const busy = Math.max(rx ?? 0, tx ?? 0) > 0.05;
        rope.classList.toggle('busy', busy);
        rope.classList.toggle('upwards', (tx ?? 0) > (rx ?? 0));
      }
    }
  }

  #draw() {
    const width = this.#stage.clientWidth;
    if (width === 0) {
      return;
    }
    this.#stage.classList.toggle('empty', this.#links.length === 0);
    const layout = this.#layout(width);
    this.#stage.style.height = `${layout.height}px`;
    this.#svg.setAttribute('viewBox', `0 0 ${width} ${layout.height}`);
    this.#svg.replaceChildren();
    layout.ropes.forEach((rope) => this.#rope(rope));
    layout.nodes.forEach((node) => this.#node(node));
    this.#placePlates(layout);
  }

  /** Columns by the distance from the client; within a column of links, one lane each. */
  #layout(width) {
    const depth = new Map([['client', 0]]);
    for (let round = 0; round < this.#links.length; round++) {
      for (const link of this.#links) {
        if (depth.has(link.from) && !(depth.get(link.to) > depth.get(link.from))) {
          depth.set(link.to, depth.get(link.from) + 1);
        }
      }
    }
    if (!depth.has('server')) {
      depth.set('server', 1);
    }
    const columns = Math.max(...depth.values());
    const narrow = width < 560;
    const post = narrow ? POST.narrow : POST.wide;
    const router = narrow ? 54 : 84;
    const lanes = new Map();
    for (const link of this.#links) {
      const at = depth.get(link.from) ?? 0;
      lanes.set(at, [...(lanes.get(at) ?? []), link]);
    }
    const height = Math.max(1, ...[...lanes.values()].map((l) => l.length)) * LANE + 12;
    const inner = width - post;
    const nodes = [...depth.keys()].map((name) => {
      const at = depth.get(name);
      const isEnd = name === 'client' || name === 'server';
      const w = isEnd ? post : router;
      const x = post / 2 + (inner * at) / columns;
      return { name, x, w, isEnd, top: 8, bottom: height - 8 };
    });
    const byName = new Map(nodes.map((n) => [n.name, n]));
    const ropes = [];
    for (const group of lanes.values()) {
      group.forEach((link, i) => {
        const from = byName.get(link.from);
        const to = byName.get(link.to);
        if (from && to) {
          const y = (height / group.length) * (i + 0.5);
          ropes.push({ link, x1: from.x + from.w / 2, x2: to.x - to.w / 2, y });
        }
      });
    }
    for (const node of nodes.filter((n) => !n.isEnd)) {
      const touching = ropes.filter((r) => r.link.to === node.name || r.link.from === node.name);
      node.top = Math.min(...touching.map((r) => r.y)) - 26;
      node.bottom = Math.max(...touching.map((r) => r.y)) + 26;
    }
    return { width, height, nodes, ropes, narrow, columns };
  }

  #node({ name, x, w, top, bottom, isEnd }) {
    this.#svg.append(element('rect', {
      x: x - w / 2, y: top, width: w, height: bottom - top, rx: 12,
      class: isEnd ? 'node end' : 'node',
    }));
    const text = element('text', { x, y: (top + bottom) / 2, class: 'node-name' });
    text.textContent = name;
    this.#svg.append(text);
  }

  #rope({ link, x1, x2, y }) {
    const state = condition(link).word;
    const group = element('g', { class: `rope link-${link.index % 6} ${state}` });
    const thickness = 5 + Math.min(6, Math.log2(1 + Math.max(link.back, link.forth) / 1e7) * 1.5);
    const whole = `M${x1} ${y} C${x1 + 40} ${y + 8} ${x2 - 40} ${y + 8} ${x2} ${y}`;
    const half = (x2 - x1) / 2;
    const gap = Math.max(14, Math.min(half - 10, (half - PLATE) / 0.72));
    const ways = state === 'down'
      ? [`M${x1} ${y} C${x1 + gap * 0.5} ${y} ${x1 + gap * 0.7} ${y + 14} ${x1 + gap * 0.72} ${y + 36}`,
        `M${x2} ${y} C${x2 - gap * 0.5} ${y} ${x2 - gap * 0.7} ${y + 14} ${x2 - gap * 0.72} ${y + 36}`]
      : [whole];
    for (const d of ways) {
      group.append(element('path', { d, class: 'body', 'stroke-width': thickness }));
      group.append(element('path', { d, class: 'strand', 'stroke-width': thickness * 0.55 }));
    }
    if (state === 'up') {
      group.append(element('path', { d: whole, class: 'flow', 'data-flow': link.name,
        'stroke-width': thickness * 0.4 }));
    }
    const hit = element('path', { d: whole, class: 'hit', 'data-link': link.name });
    hit.addEventListener('click', () => this.press(link.name));
    group.append(hit);
    this.#svg.append(group);
  }

  #placePlates({ ropes, columns, narrow }) {
    const wanted = new Set(ropes.map((r) => r.link.name));
    for (const [name, plate] of this.#plates) {
      if (!wanted.has(name)) {
        plate.button.remove();
        this.#plates.delete(name);
      }
    }
    for (const { link, x1, x2, y } of ropes) {
      const plate = this.#plate(link);
      const state = condition(link);
      const room = x2 - x1 - 8;
      plate.button.className = `plate link-${link.index % 6} ${state.word}`;
      plate.button.classList.toggle('small', room < 150 || (narrow && columns > 1));
      plate.button.style.left = `${(x1 + x2) / 2}px`;
      plate.button.style.top = `${y}px`;
      plate.button.style.maxWidth = `${Math.max(64, room)}px`;
      plate.name.textContent = link.name;
      plate.state.textContent = state.text;
      plate.button.setAttribute('aria-label',
        `Link ${link.name}: ${state.text}. ${PROMISE[toggleOf(link)]}.`);
      plate.button.title = PROMISE[toggleOf(link)];
    }
  }

  #plate(link) {
    let plate = this.#plates.get(link.name);
    if (!plate) {
      const button = document.createElement('button');
      button.type = 'button';
      button.dataset.plate = link.name;
      const [name, state, speed, unit] = ['name', 'state', 'speed', 'unit'].map((kind) => {
        const part = document.createElement('span');
        part.className = kind;
        return part;
      });
      button.append(name, state, speed, unit);
      button.addEventListener('click', () => this.press(link.name));
      this.#stage.append(button);
      plate = { button, name, state, speed, unit };
      this.#plates.set(link.name, plate);
    }
    return plate;
  }
}
