// Starting and stopping scenarios, and the reports of those that are over.

const STACKS = {
  tcp: 'TCP (kernel)',
  'mptcp-kernel': 'MPTCP (kernel)',
  hawser: 'Hawser',
  'hawser/mptcp-kernel': 'Hawser client, kernel server',
  'mptcp-kernel/hawser': 'Kernel client, Hawser server',
  'hawser-tcp': 'Hawser TCP',
  sctp: 'SCTP',
};

function fill(select, options) {
  const shape = JSON.stringify(options);
  if (select.dataset.shape === shape) {
    return;
  }
  const chosen = select.value;
  select.dataset.shape = shape;
  select.replaceChildren(...options.map(([value, text]) => new Option(text, value)));
  if (options.some(([value]) => value === chosen)) {
    select.value = chosen;
  }
}

export class Runs {
  #state = { scenarios: [], finished: [], running: '' };

  constructor(page, press) {
    this.page = page;
    page.scenario.addEventListener('change', () => this.#stacks());
    page.form.addEventListener('submit', (event) => {
      event.preventDefault();
      press('start', { scenario: page.scenario.value, stack: page.stack.value }, page.start);
    });
    page.stop.addEventListener('click', () => press('stop', {}, page.stop));
  }

  /** Starts what is chosen, or stops what runs. */
  toggle() {
    (this.#state.running ? this.page.stop : this.page.start).click();
  }

  show(state) {
    this.#state = state;
    const { page } = this;
    fill(page.scenario, state.scenarios.map((s) => [s.name, s.name]));
    this.#stacks();
    page.form.hidden = state.scenarios.length === 0;
    page.start.disabled = state.running !== '' || state.scenarios.length === 0;
    page.stop.disabled = state.running === '';
    this.#reports(state.finished);
  }

  #stacks() {
    const { page } = this;
    const chosen = this.#state.scenarios.find((s) => s.name === page.scenario.value);
    fill(page.stack, (chosen?.stacks ?? []).map((word) => [word, STACKS[word] ?? word]));
    page.title.textContent = chosen?.title
      ?? 'Nothing to start here: this source can only be watched.';
  }

  #reports(finished) {
    const shape = JSON.stringify(finished);
    const { reports } = this.page;
    if (reports.dataset.shape === shape) {
      return;
    }
    reports.dataset.shape = shape;
    reports.replaceChildren(...finished.map((run) => {
      const item = document.createElement('li');
      const link = document.createElement('a');
      link.href = `/reports/${encodeURIComponent(run.name)}/`;
      link.target = '_blank';
      link.rel = 'noopener';
      link.textContent = run.title;
      const name = document.createElement('small');
      name.textContent = run.name;
      item.append(link, name);
      return item;
    }));
    if (finished.length === 0) {
      const item = document.createElement('li');
      item.className = 'hint';
      item.textContent = 'None yet. A run that is over leaves one here.';
      reports.append(item);
    }
  }

  progress(run, now) {
    const bar = this.page.progress;
    bar.hidden = !run || !(run.plan > 0);
    if (!bar.hidden) {
      bar.value = Math.min(1, Math.max(0, (now - run.from) / run.plan));
    }
  }
}
