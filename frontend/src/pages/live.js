// Live events ask anew every two seconds, unless the reader has paused it, looks elsewhere, or marks
// something to copy. A request that failed pauses it, so that it is told once and not every time.
const EVERY = 2000;
const head = document.querySelector('.live-turns');
const button = document.getElementById('live-pause');

function pause(paused) {
  button.setAttribute('aria-pressed', paused);
  head.querySelector('[data-running]').hidden = paused;
  head.querySelector('[data-paused]').hidden = !paused;
}

const paused = () => button.getAttribute('aria-pressed') === 'true';
const marking = () => !document.getSelection().isCollapsed;

if (head) {
  head.hidden = false;
  button.addEventListener('click', () => pause(!paused()));
  setInterval(() => {
    if (!paused() && !document.hidden && !marking()) document.getElementById('live')?.dispatchEvent(new Event('turn'));
  }, EVERY);
  for (const name of ['htmx:error', 'htmx:response:error'])
    document.addEventListener(name, () => pause(true));
}
