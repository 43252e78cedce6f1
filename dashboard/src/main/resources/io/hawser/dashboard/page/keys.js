// Shortcuts. They keep quiet while somebody types.

export const KEYS = [
  ['1 … 9', 'Pull or plug in the cable of link 1 … 9'],
  ['S', 'Start the chosen scenario, or stop the one that runs'],
  ['[ and ]', 'Previous and next figure of the subflows'],
  ['W', 'Next time window'],
  ['T', 'Theme: auto, light, dark'],
  ['L', 'Go to the log of events'],
  ['?', 'This list'],
  ['Tab, Enter, Space', 'Reach and press every button'],
];

export function listen(actions) {
  document.addEventListener('keydown', (event) => {
    const at = event.target;
    const typing = at instanceof HTMLElement
      && (at.isContentEditable || at.matches('select, textarea, input:not([type=radio])'));
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) {
      return;
    }
    if (document.querySelector('dialog[open]')) {
      return;
    }
    const key = event.key.toLowerCase();
    const action = /^[1-9]$/.test(key) ? () => actions.link(Number(key) - 1) : actions[key];
    if (action) {
      event.preventDefault();
      action();
    }
  });
}
