// What the page knows: series of figures by link, path, connection and transfer, and the log.

export const KEPT_SECONDS = 620;
const RATE_WINDOW_SECONDS = 0.5;
const LOG_LINES = 1000;
const MOST_SERIES = 256;
const MBIT_PER_BYTE = 8e-6;

/** Turns counters into rates over the last half second, whatever the distance of samples. */
class Meter {
  #past = [];

  rates(t, counters) {
    const past = this.#past;
    const last = past.at(-1);
    if (last && (t < last.t || counters.some((c, i) => c < last.counters[i]))) {
      past.length = 0;
    }
    past.push({ t, counters });
    while (past.length > 2 && past[1].t <= t - RATE_WINDOW_SECONDS) {
      past.shift();
    }
    const span = t - past[0].t;
    return span < 0.08
      ? null
      : counters.map((c, i) => ((c - past[0].counters[i]) * MBIT_PER_BYTE) / span);
  }
}

/** Figures over time, in columns. */
export class Series {
  t = [];
  columns = {};

  add(t, values) {
    const last = this.t.length - 1;
    if (last >= 0 && t - this.t[last] < 0.06) {
      for (const [name, value] of Object.entries(values)) {
        (this.columns[name] ??= new Array(last + 1).fill(null))[last] = value;
      }
      return;
    }
    this.t.push(t);
    for (const [name, value] of Object.entries(values)) {
      (this.columns[name] ??= new Array(last + 1).fill(null)).push(value);
    }
    if (this.t.length % 256 === 0) {
      this.#trim(t - KEPT_SECONDS);
    }
  }

  #trim(oldest) {
    const drop = this.t.findIndex((t) => t >= oldest);
    if (drop > 0) {
      this.t.splice(0, drop);
      Object.values(this.columns).forEach((column) => column.splice(0, drop));
    }
  }

  last(name) {
    return this.columns[name]?.at(-1) ?? null;
  }

  lastTime() {
    return this.t.at(-1) ?? 0;
  }

  /** Means of equal bins; short gaps are bridged, long ones stay empty. */
  binned(name, from, step, count) {
    const out = new Array(count).fill(null);
    const column = this.columns[name];
    if (!column) {
      return out;
    }
    let i = lowerBound(this.t, from);
    let lastBin = -1;
    let lastValue = i > 0 && from - this.t[i - 1] < 2.5 ? column[i - 1] : null;
    while (i < this.t.length) {
      const bin = Math.floor((this.t[i] - from) / step);
      if (bin >= count) {
        break;
      }
      let sum = 0;
      let seen = 0;
      for (; i < this.t.length && Math.floor((this.t[i] - from) / step) === bin; i++) {
        if (column[i] !== null && column[i] !== undefined) {
          sum += column[i];
          seen++;
        }
      }
      if (seen > 0) {
        if (lastValue !== null && (bin - lastBin) * step < 2.5) {
          for (let gap = lastBin + 1; gap < bin; gap++) {
            out[gap] = lastValue;
          }
        }
        out[bin] = sum / seen;
        lastValue = out[bin];
        lastBin = bin;
      }
    }
    return out;
  }
}

function lowerBound(sorted, wanted) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** The one of this name; a new one may push out what was silent for longest. */
function series(map, key, make) {
  let one = map.get(key);
  if (!one) {
    if (map.size >= MOST_SERIES) {
      const silent = [...map.values()]
        .reduce((a, b) => (a.series.lastTime() <= b.series.lastTime() ? a : b));
      map.delete(silent.key);
    }
    one = { key, series: new Series(), ...make() };
    map.set(key, one);
  }
  return one;
}

export class Model {
  constructor() {
    this.reset();
  }

  reset() {
    this.links = new Map();
    this.log = [];
    this.marks = [];
    this.logCount = 0;
    this.latest = 0;
    this.arrived = 0;
    this.run = null;
    this.#forgetConnections();
  }

  #forgetConnections() {
    this.paths = new Map();
    this.connections = new Map();
    this.transfers = new Map();
    this.delays = new Map();
  }

  take(messages) {
    for (const m of messages) {
      switch (m.k) {
        case 'link': this.#link(m); break;
        case 'sub': this.#subflow(m); break;
        case 'conn': this.#connection(m); break;
        case 'xfer': this.#transfer(m); break;
        case 'delay': this.#delay(m); break;
        default: this.#fact(m);
      }
      this.latest = Math.max(this.latest, m.t);
    }
    this.arrived = performance.now();
  }

  /** Now on the axis of the events. */
  now() {
    return this.latest === 0
      ? Date.now() / 1000
      : this.latest + Math.min(1, (performance.now() - this.arrived) / 1000);
  }

  link(name) {
    let link = this.links.get(name);
    if (!link) {
      link = { name, index: this.links.size, meter: new Meter(), series: new Series(),
        limitBack: 0, limitForth: 0, drops: 0 };
      this.links.set(name, link);
    }
    return link;
  }

  /** The latest speeds of a link; null if it has been silent. A simulation that is over is. */
  speeds(name) {
    const link = this.links.get(name);
    const fresh = link && performance.now() - link.heardAt < 3000;
    return {
      rx: fresh ? link.series.last('rx') : null,
      tx: fresh ? link.series.last('tx') : null,
    };
  }

  limit(name, forth, back) {
    const link = this.link(name);
    link.limitForth = forth / 1e6;
    link.limitBack = back / 1e6;
  }

  #link(m) {
    const link = this.link(m.n);
    const rates = link.meter.rates(m.t, [m.f, m.b]);
    link.heardAt = performance.now();
    link.drops = m.fd + m.bd;
    if (rates) {
      link.series.add(m.t, {
        tx: rates[0],
        rx: rates[1],
        limitForth: link.limitForth || null,
        limitBack: link.limitBack || null,
      });
    }
  }

  #subflow(m) {
    const ends = [m.a, m.r].sort().join(' ');
    const key = `${m.c} ${ends}`;
    const path = series(this.paths, key, () => (
      { link: m.l, connection: m.c, number: m.s, local: m.a, remote: m.r, ends: {} }));
    path.link ||= m.l;
    path.backup = m.bk;
    path.state = m.st;
    const host = m.h === 'server' ? 'server' : 'client';
    const end = (path.ends[host] ??= { meter: new Meter() });
    const rates = end.meter.rates(m.t, [m.tx, m.rx]);
    end.sample = m;
    if (!rates) {
      return;
    }
    [end.tx, end.rx] = rates;
    const { client, server } = path.ends;
    const down = client?.rx ?? server?.tx ?? 0;
    const up = server?.rx ?? client?.tx ?? 0;
    const sender = (server?.sample?.tx ?? -1) > (client?.sample?.tx ?? -1) ? server : client;
    const figures = sender?.sample ?? m;
    path.series.add(m.t, {
      goodput: down + up,
      rtt: figures.rtt > 0 ? figures.rtt : null,
      cwnd: figures.cw / 1024,
      flight: figures.fl / 1024,
      retransmitted: (client?.sample?.re ?? 0) + (server?.sample?.re ?? 0),
    });
  }

  #connection(m) {
    const connection = series(this.connections, m.c, () => ({ ends: {} }));
    connection.ends[m.h] = m;
    connection.program ||= m.pg;
    const all = Object.values(connection.ends);
    connection.series.add(m.t, {
      reinjected: all.reduce((sum, e) => sum + e.ri, 0) / 1024,
      reorder: Math.max(...all.map((e) => e.ro)) / 1024,
    });
  }

  #transfer(m) {
    const transfer = series(this.transfers, m.n, () => ({ meter: new Meter() }));
    const rates = transfer.meter.rates(m.t, [m.b]);
    if (rates) {
      transfer.series.add(m.t, { application: rates[0] });
    }
  }

  #delay(m) {
    const delay = series(this.delays, m.n, () => ({}));
    delay.series.add(m.t, { delay: m.ms });
  }

  #fact(m) {
    m.number = this.logCount++;
    this.log.push(m);
    if (this.log.length > LOG_LINES) {
      this.log.shift();
    }
    if (m.e === 'RunStarted') {
      this.#forgetConnections();
      this.run = { scenario: m.sc, stack: m.sk, from: m.t, plan: m.plan };
      m.links.forEach((l) => this.limit(l.n, l.fr, l.br));
      this.marks.push({ t: m.t, level: 'info', label: m.sk });
    } else if (m.e === 'RunEnded') {
      this.run = null;
    } else if (m.e === 'LinkChanged') {
      this.limit(m.n, m.fr, m.br);
      this.marks.push({ t: m.t, level: m.lv, label: `${m.n} ${m.ch}`, link: m.n });
    }
    if (this.marks.length > 200) {
      this.marks.shift();
    }
  }
}
