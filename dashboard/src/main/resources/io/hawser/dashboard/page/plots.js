// Plots over time: uPlot with the page's colours, dashes, marks and units.

/* global uPlot */

import { axisName, begin, clock, marks as timeMarks } from './time.js';

const DASHES = [[], [9, 5], [3, 3], [12, 4, 3, 4]];

const colours = new Map();

/** Computed colours of the theme, by the name of a CSS variable; asked once a theme. */
export function colour(name) {
  let value = colours.get(name);
  if (value === undefined) {
    const probe = document.createElement('span');
    probe.className = `probe probe-${name}`;
    document.body.append(probe);
    value = getComputedStyle(probe).color;
    probe.remove();
    colours.set(name, value);
  }
  return value;
}

/** The theme has changed. */
export function forgetColours() {
  colours.clear();
}

export function dash(index) {
  return DASHES[index % DASHES.length];
}

/** A short line as it is in the plot. */
export function swatch(className, dashes, width = 2.5) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', `swatch ${className}`);
  svg.setAttribute('viewBox', '0 0 28 8');
  svg.setAttribute('width', '28');
  svg.setAttribute('height', '8');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  line.setAttribute('d', 'M1 4h26');
  line.setAttribute('stroke', 'currentColor');
  line.setAttribute('stroke-width', width);
  line.setAttribute('stroke-dasharray', dashes.join(' '));
  line.setAttribute('fill', 'none');
  svg.append(line);
  return svg;
}

function withAlpha(rgb, alpha) {
  return rgb.replace(/^rgb\(([^)]+)\)$/, `rgba($1, ${alpha})`);
}

export class Plot {
  #chart = null;
  #lines = '';
  #marks = [];
  #hover = null;
  #words = null;

  /** `height` in pixels. */
  constructor(element, { height, minTop, onHover }) {
    this.element = element;
    this.height = height;
    this.minTop = minTop;
    this.onHover = onHover ?? (() => {});
    new ResizeObserver(() => this.#fit()).observe(element);
  }

  #fit() {
    const width = this.element.clientWidth;
    if (this.#chart && width > 0 && width !== this.#chart.width) {
      this.#chart.setSize({ width, height: this.height });
    }
  }

  /** Makes it as high as this; the style sheet gives its element the same height. */
  resize(height) {
    if (height !== this.height) {
      this.height = height;
      this.#chart?.setSize({ width: this.element.clientWidth, height });
    }
  }

  /** Colours are read anew with the next draw. */
  restyle() {
    this.#lines = '';
  }

  /**
   * Draws. `lines` are {label, colour, dash, width, fill, values}; `marks` are {t, level}.
   */
  draw(x, lines, marks, minTop = this.minTop) {
    if (this.element.clientWidth === 0) {
      return;
    }
    this.minTop = minTop;
    this.#marks = marks;
    const shape = JSON.stringify([axisName(),
      lines.map((l) => [l.label, l.colour, l.dash, l.width, l.fill])]);
    const data = [x, ...lines.map((l) => l.values)];
    if (shape !== this.#lines) {
      this.#lines = shape;
      this.#chart?.destroy();
      this.#chart = new uPlot(this.#options(lines), data, this.element);
    } else {
      this.#chart.setData(data);
    }
  }

  /** What a plot without lines says instead; '' for nothing. */
  say(text) {
    if (!this.#words) {
      this.#words = document.createElement('p');
      this.#words.className = 'hint words';
      this.element.parentElement.append(this.#words);
    }
    if (this.#words.textContent !== text) {
      this.#words.textContent = text;
    }
    this.#words.hidden = text === '';
  }

  #options(lines) {
    const text = colour('muted');
    const grid = colour('grid');
    const font = '12px system-ui, sans-serif';
    const axis = { stroke: text, font, grid: { stroke: grid, width: 1 },
      ticks: { stroke: grid, width: 1, size: 5 } };
    return {
      width: this.element.clientWidth,
      height: this.height,
      legend: { show: false },
      cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
      padding: [8, 10, 0, 0],
      scales: {
        x: { time: false, range: (_, min, max) => [min, max] },
        y: { range: (_, __, max) => [0, Math.max(this.minTop, (max ?? 0) * 1.12)] },
      },
      axes: [
        { ...axis, size: 28, space: (u) => (u.width < 500 ? 66 : 96), label: axisName(), labelSize: 16, labelGap: 0,
          labelFont: font, incrs: [5, 10, 15, 30, 60, 120, 300],
          splits: (_, __, from, to, step) => timeMarks(from, to, step),
          values: (u, at) => at.map((t) => (fits(u, t) ? clock(t) : '')) },
        { ...axis, size: 46, space: 30,
          values: (_, at) => at.map((v) => (v >= 10000 ? `${v / 1000}k` : String(+v.toFixed(2)))) },
      ],
      series: [
        {},
        ...lines.map((l) => ({
          label: l.label,
          stroke: colour(l.colour),
          width: l.width ?? 2,
          dash: l.dash,
          fill: l.fill ? withAlpha(colour(l.colour), 0.14) : undefined,
          points: { show: false },
          spanGaps: false,
        })),
      ],
      hooks: {
        drawClear: [(u) => this.#drawMarks(u)],
        setCursor: [(u) => this.#hovered(u)],
      },
    };
  }

  #hovered(u) {
    const at = u.cursor.idx ?? null;
    if (at !== this.#hover) {
      this.#hover = at;
      this.onHover(at);
    }
  }

  get hover() {
    return this.#hover;
  }

  #drawMarks(u) {
    const { ctx, bbox } = u;
    ctx.save();
    for (const mark of this.#marks) {
      const x = Math.round(u.valToPos(mark.t, 'x', true)) + 0.5;
      if (x < bbox.left || x > bbox.left + bbox.width) {
        continue;
      }
      const paint = colour(mark.level);
      ctx.strokeStyle = paint;
      ctx.fillStyle = paint;
      ctx.lineWidth = devicePixelRatio;
      ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      const size = 4 * devicePixelRatio;
      ctx.beginPath();
      ctx.moveTo(x - size, bbox.top - 1);
      ctx.lineTo(x + size, bbox.top - 1);
      ctx.lineTo(x, bbox.top + size * 1.5);
      ctx.fill();
    }
    ctx.restore();
  }
}

/** Whether the text below a mark of the time axis stays within the plot. */
function fits(u, t) {
  const width = u.bbox.width / devicePixelRatio;
  return width === 0 || u.valToPos(t, 'x') < width - 18;
}

/** Equal bins that do not jump while time goes on. */
export function bins(now, windowSeconds) {
  const step = windowSeconds <= 30 ? 0.1 : windowSeconds <= 60 ? 0.2 : windowSeconds / 300;
  const count = Math.round(windowSeconds / step) + 1;
  const from = (Math.floor(begin(now, windowSeconds) / step) + 1) * step;
  const x = Array.from({ length: count }, (_, i) => from + i * step);
  return { x, from, step, count };
}

export function number(value) {
  if (value === null || value === undefined || Number.isNaN(value)) {
    return '–';
  }
  const size = Math.abs(value);
  return size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toFixed(2);
}
