// Times as text: this browser's time of day, or the virtual time of a simulation.

let origin = 0;

/** Where virtual time began, in seconds of the axis; 0: times are of the day. */
export function setOrigin(seconds) {
  const changed = origin !== seconds;
  origin = seconds;
  return changed;
}

export const isVirtual = () => origin > 0;

/** Where a window that ends now begins: a simulation's first minute fills from the left. */
export function begin(now, windowSeconds) {
  return Math.max(now - windowSeconds, origin);
}

/** What the axis of time is called, with its unit. */
export const axisName = () => (isVirtual() ? 'Time since the start, min:s' : 'Time of day, h:min:s');

const two = (n) => String(n).padStart(2, '0');

function virtual(seconds, tenths) {
  const at = Math.round((seconds - origin) * 10) / 10;
  const size = Math.abs(at);
  const minutes = Math.floor(size / 60);
  const rest = size - minutes * 60;
  const text = tenths ? rest.toFixed(1).padStart(4, '0') : two(Math.round(rest));
  return `${at < 0 ? '−' : ''}${minutes}:${text}`;
}

/** For an axis. */
export function clock(seconds) {
  if (isVirtual()) {
    return virtual(seconds, false);
  }
  const date = new Date(seconds * 1000);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
}

/** For a line of the log. */
export function stamp(seconds) {
  if (isVirtual()) {
    return virtual(seconds, true);
  }
  return `${clock(seconds)}.${Math.floor(new Date(seconds * 1000).getMilliseconds() / 100)}`;
}

/** Marks of an axis at round times; each `step` of them is a round number of seconds. */
export function marks(from, to, step) {
  const first = Math.ceil((from - origin) / step) * step + origin;
  const all = [];
  for (let at = first; at <= to; at += step) {
    all.push(at);
  }
  return all;
}
