// Today by keyboard: single keys work anywhere on the page, but not while typing or in a dialog. They
// act on the alert that has the focus; without one they go to the first. After an alert was handled
// the focus goes to the next one.
const ALERT = '.todo-alert';
const dialog = document.getElementById('alert-dialog');
const alerts = () => [...document.querySelectorAll(`#mails ${ALERT}, #tasks ${ALERT}, #todo ${ALERT}`)];

function show(alert) {
  alert.focus({preventScroll: true});
  alert.scrollIntoView({block: 'nearest'});
}

function step(from, by) {
  const all = alerts();
  const here = all.indexOf(from);
  const next = all[here < 0 ? 0 : Math.min(Math.max(here + by, 0), all.length - 1)];
  if (next) show(next);
}

const ACTIONS = {
  j: (alert) => step(alert, 1),
  k: (alert) => step(alert, -1),
  o: (alert) => alert ? alert.closest('.todo-account').querySelector('h2 a').click() : step(null, 0),
  u: (alert) => (alert?.querySelector('[data-key="u"]') ?? [...document.querySelectorAll('#toasts [data-undo]')].pop())?.click(),
  '?': () => document.getElementById('today-keys')?.showModal(),
};
for (const key of ['d', 'D', 's', 'n', 'p'])
  ACTIONS[key] = (alert) => alert ? alert.querySelector(`[data-key="${key}"]`)?.click() : step(null, 0);

// Several at once: each has a box. x marks, Shift+x (or a click with Shift) marks all from the one
// marked last, Esc clears. While some are marked, what a key does with one it does with all of them,
// as the buttons below the list do; their questions are a page of their own.
const bulk = () => document.getElementById('bulk');
const box = (alert) => alert?.querySelector('.todo-mark');
const marked = () => alerts().filter((x) => box(x)?.checked);
let last = null;

function tell() {
  const line = document.getElementById('marked');
  if (!line) return;
  const count = marked().length, words = bulk().querySelector('[data-words]');
  if (count || line.textContent) line.textContent = count ? line.dataset.words.replace('#', count) : line.dataset.none;
  words.textContent = words.dataset.words.replace('#', count);
}

document.addEventListener('click', ({target, shiftKey}) => {
  if (!target.matches?.('.todo-mark')) return;
  const all = alerts().filter(box);
  const from = all.indexOf(document.getElementById(last)), to = all.indexOf(target.closest(ALERT));
  if (shiftKey && from >= 0)
    for (const x of all.slice(Math.min(from, to), Math.max(from, to) + 1)) box(x).checked = true;
  last = all[to].id;
  tell();
});

document.addEventListener('reset', ({target}) => {
  if (target !== bulk()) return;
  last = null;
  setTimeout(tell); // it is empty then
});

for (const [key, shiftKey] of [['x', false], ['X', true]])
  ACTIONS[key] = (alert) => alert ? box(alert)?.dispatchEvent(new MouseEvent('click', {shiftKey, bubbles: true, cancelable: true})) : step(null, 0);
ACTIONS.Escape = () => marked().length && bulk().reset();
for (const key of ['d', 's', 'p', 'n']) {
  const one = ACTIONS[key];
  ACTIONS[key] = (alert) => marked().length ? bulk().querySelector(`[data-bulk="${key}"]`).click() : one(alert);
}

document.addEventListener('keydown', (event) => {
  if (event.isComposing || event.keyCode === 229 || event.repeat && !'jk'.includes(event.key)) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.('input:not(.todo-mark), textarea, select, [contenteditable], dialog')) return;
  const alert = event.target.closest?.(ALERT);
  if (event.key === 'Enter') {
    if (event.target.matches('.todo-mark')) event.preventDefault(); // Chromium would press a button
    if (event.target !== alert) return;
    const more = alert.querySelector('details');
    if (more) more.open = !more.open;
    else alert.querySelector('[data-open]')?.click();
  } else if (Object.hasOwn(ACTIONS, event.key)) {
    event.preventDefault();
    ACTIONS[event.key](alert);
  }
});

// What an alert's button asks for opens as a dialog, once it is there.
let acted = null;
document.addEventListener('htmx:after:swap', ({detail: {ctx}}) => {
  tell();
  const target = typeof ctx.target === 'string' ? ctx.target.slice(1) : ctx.target?.id ?? '';
  if (target === 'alert-dialog') {
    if (!dialog.open) dialog.showModal();
    (dialog.querySelector('[aria-invalid]') ?? dialog.querySelector('[autofocus]'))?.focus();
  } else if (/^(alert|task)-\d+$/.test(target)) {
    moveOn(document.getElementById(target));
  } else if (target === 'todo-more') {
    withoutRepetition();
    if (acted) show(document.getElementById(acted) ?? alerts().at(-1));
  } else if (target === 'today') {
    document.querySelector('#toasts [data-undo]')?.closest('.toast').remove();
  }
});

// "Show more" is replaced by what it shows: the focus goes to the first of it.
document.addEventListener('htmx:before:swap', ({detail: {ctx, tasks}}) => {
  if (ctx.target?.id === 'todo-more') acted = tasks[0].fragment.querySelector(ALERT)?.id;
});

/** To the alert itself where it is to do again, else to the next one, else to the one before. */
function moveOn(item) {
  if (!item) return;
  const order = [...document.querySelectorAll('.todo .todo-alert, .todo .todo-line')];
  const here = order.indexOf(item);
  const next = [...order.slice(here), ...order.slice(0, here).reverse()].find((x) => x.matches(ALERT));
  show(next ?? item);
}

/** An account that has come twice, because something of it was handled meanwhile, stays where it was. */
function withoutRepetition() {
  const seen = new Set();
  for (const account of document.querySelectorAll('.todo > .todo-account[id]')) {
    if (seen.has(account.id)) account.remove();
    seen.add(account.id);
  }
}
