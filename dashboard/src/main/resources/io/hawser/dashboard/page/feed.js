// The live stream and the buttons' requests.

const SILENCE_MS = 5000;

export class Feed {
  #token = '';
  #source = null;
  #heardAt = performance.now();
  #on;

  /** `on` has hello(), state(s), data(messages), alive(yes). */
  constructor(on) {
    this.#on = on;
    this.#open();
    setInterval(() => this.#watch(), 1000);
  }

  #open() {
    this.#source?.close();
    const source = new EventSource('/api/events');
    this.#source = source;
    const listen = (name, then) => source.addEventListener(name, (event) => {
      this.#heardAt = performance.now();
      this.#on.alive(true);
      then(event.data);
    });
    listen('hello', (data) => {
      this.#token = JSON.parse(data).token;
      this.#on.hello();
    });
    listen('state', (data) => this.#on.state(JSON.parse(data)));
    listen('data', (data) => this.#on.data(JSON.parse(data)));
    listen('beat', () => {});
    source.addEventListener('error', () => this.#on.alive(false));
  }

  /** A browser gives up after an error answer, and may not notice a peer that vanished. */
  #watch() {
    const silent = performance.now() - this.#heardAt > SILENCE_MS;
    if (silent) {
      this.#on.alive(false);
    }
    if (this.#source.readyState === EventSource.CLOSED || silent) {
      this.#heardAt = performance.now() - SILENCE_MS + 2000;
      this.#open();
    }
  }

  /** Presses a button of the server; throws an Error whose message is for the person. */
  async press(what, body) {
    let answer;
    try {
      answer = await fetch(`/api/${what}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Hawser-Token': this.#token },
        body: JSON.stringify(body),
      });
    } catch {
      throw new Error('The dashboard does not answer; is it still running?');
    }
    const told = await answer.json();
    if (!answer.ok) {
      throw new Error(told.error ?? `The dashboard refused (${answer.status}).`);
    }
    this.#on.state(told);
  }
}
