// The log of events, newest first; new lines are announced, old ones that are replayed are not.

import { stamp } from './time.js';

const SHOWN = 250;
const SIGNS = { good: '✓', bad: '✕', warn: '▲', info: '•' };
const KINDS = {
  link: /^(LinkChanged)$/,
  subflow: /^(Connection|Subflow|FellBack|Priority|Address|Reinjected|Retransmission|PathStale)/,
  run: /^(Run|Transfer|Message|Playback|Note)/,
};

export class Log {
  #shown = -1;
  #filter = 'all';
  #quietUntil = 0;

  constructor(list, filter) {
    this.list = list;
    filter.addEventListener('change', () => {
      this.#filter = filter.value;
      this.reset();
    });
    this.reset();
  }

  reset() {
    this.list.replaceChildren();
    this.#shown = -1;
    this.list.setAttribute('aria-live', 'off');
    this.#quietUntil = performance.now() + 1500;
  }

  show(log) {
    if (performance.now() > this.#quietUntil) {
      this.list.setAttribute('aria-live', 'polite');
    }
    const kind = KINDS[this.#filter];
    const fresh = log.filter((m) => m.number > this.#shown && (!kind || kind.test(m.e)));
    for (const m of fresh.slice(-SHOWN)) {
      this.list.prepend(this.#line(m));
    }
    this.#shown = log.at(-1)?.number ?? this.#shown;
    while (this.list.children.length > SHOWN) {
      this.list.lastChild.remove();
    }
    this.list.classList.toggle('empty', this.list.children.length === 0);
  }

  #line(m) {
    const item = document.createElement('li');
    item.className = m.lv;
    item.dataset.kind = m.e;
    const at = document.createElement('time');
    at.textContent = stamp(m.t);
    const sign = document.createElement('span');
    sign.className = 'sign';
    sign.setAttribute('aria-hidden', 'true');
    sign.textContent = SIGNS[m.lv] ?? SIGNS.info;
    const text = document.createElement('span');
    text.textContent = m.x;
    item.append(at, sign, text);
    return item;
  }
}
