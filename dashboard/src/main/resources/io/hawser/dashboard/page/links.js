// One card a link: its plot, its state, its buttons and settings.

import { Plot, number, swatch } from './plots.js';
import { condition } from './rope.js';

const FIELDS = [
  { key: 'back', label: 'RX rate', unit: 'Mbit/s', min: 0, step: 'any' },
  { key: 'forth', label: 'TX rate', unit: 'Mbit/s', min: 0, step: 'any' },
  { key: 'delay', label: 'Delay', unit: 'ms', min: 0, step: 'any' },
  { key: 'loss', label: 'Loss', unit: '%', min: 0, max: 100, step: 'any' },
];

function made(tag, className, text) {
  const element = document.createElement(tag);
  if (className) {
    element.className = className;
  }
  if (text !== undefined) {
    element.textContent = text;
  }
  return element;
}

/** The words that change a link from `now` to what the form says; empty if nothing changed. */
export function changes(now, wanted) {
  const rate = (mbit) => (mbit > 0 ? `rate=${Math.round(mbit * 1e6)}bit` : 'rate=unlimited');
  const both = [];
  const single = [];
  const differs = (key) => wanted[key] !== null && wanted[key] !== now[key];
  if (differs('back') || differs('forth')) {
    const back = wanted.back ?? now.back;
    const forth = wanted.forth ?? now.forth;
    if (back === forth) {
      both.push(rate(back));
    } else {
      if (differs('back')) {
        single.push(`back:${rate(back)}`);
      }
      if (differs('forth')) {
        single.push(`forth:${rate(forth)}`);
      }
    }
  }
  if (differs('delay')) {
    both.push(`delay=${Math.round(wanted.delay * 1000)}us`);
  }
  if (differs('loss')) {
    both.push(`loss=${+wanted.loss.toFixed(4)}%`);
  }
  return both.length > 0 ? [both.join(' '), ...single] : single;
}

class LinkCard {
  #link = null;
  #inputs = {};

  constructor(name, index, change) {
    this.name = name;
    this.index = index;
    this.root = made('article', `card link link-${index % 6}`);
    this.root.dataset.card = name;
    this.root.setAttribute('aria-label', `Link ${name}`);
    const head = made('div', 'head');
    const title = made('h2', 'link-title', name);
    this.badge = made('span', 'badge');
    this.key = made('kbd', 'key', String(index + 1));
    this.key.title = `Key ${index + 1} pulls this cable or plugs it in`;
    head.append(swatch(`link-${index % 6}`, [], 5), title, this.badge, made('span', 'grow'), this.key);
    this.axis = made('p', 'axis-name', 'Mbit/s');
    const area = made('div', 'plot');
    area.setAttribute('role', 'img');
    area.setAttribute('aria-label', `Speed of ${name} in Mbit/s over the last minutes`);
    this.legend = made('ul', 'legend');
    this.values = {};
    this.#legendLine('rx', 'RX', [], 2.5, '');
    this.#legendLine('tx', 'TX', [2, 3], 2.5, 'ink');
    this.#legendLine('limit', 'limit', [7, 4], 1.5, 'mutedline');
    this.#legendLine('drops', 'packets dropped', null, 0, '');
    this.root.append(head, this.axis, area, this.legend, this.#buttons(change), this.#form(change));
    this.plot = new Plot(area, { height: 184, minTop: 1, onHover: () => {} });
  }

  #legendLine(key, label, dashes, width, className) {
    const item = made('li');
    if (dashes) {
      item.append(swatch(className, dashes, width));
    }
    this.values[key] = made('b');
    item.append(`${label} `, this.values[key]);
    this.legend.append(item);
  }

  #buttons(change) {
    const row = made('div', 'buttons');
    this.pull = made('button', 'cable');
    this.remove = made('button');
    this.hole = made('button');
    for (const button of [this.pull, this.remove, this.hole]) {
      button.type = 'button';
      button.addEventListener('click', () => change(this.name, button.dataset.change, button));
      row.append(button);
    }
    return row;
  }

  #form(change) {
    const form = made('form', 'settings');
    for (const field of FIELDS) {
      const label = made('label', '', field.label);
      const input = made('input');
      input.type = 'number';
      input.inputMode = 'decimal';
      input.name = field.key;
      input.min = field.min;
      input.step = field.step;
      if (field.max !== undefined) {
        input.max = field.max;
      }
      input.addEventListener('input', () => { input.dataset.edited = 'yes'; });
      label.append(input, made('span', 'unit', field.unit));
      this.#inputs[field.key] = input;
      form.append(label);
    }
    const apply = made('button', '', 'Apply');
    apply.type = 'submit';
    form.append(apply);
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      const wanted = {};
      for (const [key, input] of Object.entries(this.#inputs)) {
        wanted[key] = input.value === '' ? null : Number(input.value);
        delete input.dataset.edited;
      }
      for (const words of changes(this.#settings(), wanted)) {
        await change(this.name, words, apply);
      }
      this.show(this.#link);
    });
    return form;
  }

  #settings() {
    const { back, forth, delay, loss } = this.#link;
    return { back: back / 1e6, forth: forth / 1e6, delay, loss };
  }

  show(link) {
    this.#link = link;
    const state = condition(link);
    this.badge.textContent = state.text;
    this.badge.className = `badge ${state.word}`;
    this.root.classList.toggle('cut', state.word !== 'up');
    const set = (button, change, text, usable) => {
      button.dataset.change = change;
      button.textContent = text;
      button.disabled = !usable;
    };
    set(this.pull, link.up ? 'down' : 'up', link.up ? 'Pull cable' : 'Plug in', link.present);
    set(this.remove, link.present ? 'remove' : 'add', link.present ? 'Remove' : 'Add', true);
    set(this.hole, link.blackhole ? 'restore' : 'blackhole',
      link.blackhole ? 'Restore' : 'Black hole', link.present);
    for (const [key, value] of Object.entries(this.#settings())) {
      const input = this.#inputs[key];
      if (document.activeElement !== input && !input.dataset.edited) {
        input.value = +value.toFixed(4);
      }
    }
    this.root.title = '';
  }

  draw(model, grid, marks) {
    const link = model.link(this.name);
    const { series } = link;
    const column = (name) => series.binned(name, grid.from, grid.step, grid.count);
    const lines = [
      { label: 'RX', colour: `link-${this.index % 6}`, fill: true, width: 2, values: column('rx') },
      { label: 'TX', colour: 'ink', dash: [2, 3], width: 1.75, values: column('tx') },
      { label: 'limit RX', colour: 'muted', dash: [7, 4], width: 1.25, values: column('limitBack') },
    ];
    if (link.limitForth !== link.limitBack) {
      lines.push({ label: 'limit TX', colour: 'muted', dash: [7, 4], width: 1.25,
        values: column('limitForth') });
    }
    this.plot.draw(grid.x, lines, marks.filter((m) => !m.link || m.link === this.name));
    const { rx, tx } = model.speeds(this.name);
    this.values.rx.textContent = number(rx);
    this.values.tx.textContent = number(tx);
    this.values.limit.textContent = limitText(link);
    this.values.drops.textContent = link.drops.toLocaleString('en');
  }
}

function limitText({ limitBack, limitForth }) {
  const one = (mbit) => (mbit > 0 ? String(+mbit.toFixed(2)) : 'none');
  return limitBack === limitForth ? one(limitBack) : `${one(limitBack)} / ${one(limitForth)}`;
}

export class LinkCards {
  #cards = new Map();

  constructor(section, change) {
    this.section = section;
    this.change = change;
  }

  show(links, index) {
    for (const link of links) {
      let card = this.#cards.get(link.name);
      if (!card) {
        card = new LinkCard(link.name, index(link.name), this.change);
        this.#cards.set(link.name, card);
        this.section.append(card.root);
      }
      card.show(link);
    }
    for (const [name, card] of this.#cards) {
      if (!links.some((link) => link.name === name)) {
        card.root.remove();
        this.#cards.delete(name);
      }
    }
  }

  draw(model, grid, marks) {
    this.#cards.forEach((card) => card.draw(model, grid, marks));
  }

  restyle() {
    this.#cards.forEach((card) => card.plot.restyle());
  }
}
