// Messages in the corner. One that can be undone stays until it is closed or three newer ones came;
// the others leave by themselves once nobody points at them.
const box = document.getElementById('toasts');
const STAY = 8000;
const MOST = 3;

export function tell(word) {
  const text = document.getElementById('toast-words').content.querySelector(`[data-word="${word}"]`);
  const toast = document.getElementById('toast-failed').content.firstElementChild.cloneNode(true);
  toast.querySelector('.toast-text').textContent = text.textContent;
  box.append(toast);
}

function leaveLater(toast) {
  setTimeout(() => {
    if (toast.matches(':hover, :focus-within')) leaveLater(toast);
    else toast.remove();
  }, STAY);
}

function settle() {
  const toasts = [...box.children].filter((child) => child.matches('.toast'));
  for (const old of toasts.slice(0, -MOST)) old.remove();
  for (const toast of toasts) {
    if (toast.dataset.settled) continue;
    toast.dataset.settled = 'yes';
    if (!toast.querySelector('form') && !toast.matches('.toast-danger, .toast-error')) leaveLater(toast);
  }
}

new MutationObserver(settle).observe(box, {childList: true});
settle();

box.addEventListener('click', (event) => event.target.closest('[data-dismiss]')?.closest('.toast').remove());
// Whoever takes a deed back has read its message.
box.addEventListener('htmx:before:request', (event) => event.target.closest('.toast')?.remove());
