// The list of accounts asks anew when a choice is made and when the typist pauses; never within a
// conversion (変換), whose keystrokes are no words yet.
const PAUSE = 250;
let waiting;

const filters = (event) => event.target.closest?.('#accounts-filters');

function ask(form) {
  clearTimeout(waiting);
  form.dispatchEvent(new Event('refilter'));
}

function askLater(event) {
  const form = event.target.matches?.('[type=search]') && filters(event);
  if (!form) return;
  clearTimeout(waiting);
  if (!event.isComposing) waiting = setTimeout(() => ask(form), PAUSE);
}

document.addEventListener('input', askLater);
document.addEventListener('compositionend', askLater);

document.addEventListener('change', (event) => {
  const form = event.target.matches('select, [type=checkbox]') && filters(event);
  if (form) ask(form);
});

document.addEventListener('submit', () => clearTimeout(waiting));

// Here the box of the list takes the place of the one at the top of every page.
document.addEventListener('keydown', (event) => {
  const typing = event.target.closest('input, textarea, select, [contenteditable]');
  const box = event.key === '/' && !typing && document.getElementById('accounts-q');
  if (!box || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  box.focus();
  box.select();
});
