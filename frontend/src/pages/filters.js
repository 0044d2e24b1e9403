// A form of filters (data-filters) asks anew when a choice is made and when the typist pauses; never
// within a conversion (変換), whose keystrokes are no words yet.
const PAUSE = 250;
let waiting;

const filters = (event) => event.target.closest?.('form[data-filters]');

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
  const form = event.target.matches?.('select, [type=checkbox]') && filters(event);
  if (form) ask(form);
});

document.addEventListener('submit', () => clearTimeout(waiting));
