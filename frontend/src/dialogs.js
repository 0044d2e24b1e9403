// <button data-dialog="ID"> opens <dialog id="ID">; <button data-close> in it, or a click beside it,
// closes it. Menus (<details class="menu">) close at a click elsewhere and at Escape.
document.addEventListener('click', (event) => {
  const opener = event.target.closest('[data-dialog]');
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  if (event.target.closest('[data-close]') || event.target.matches('dialog'))
    event.target.closest('dialog')?.close();
  for (const menu of document.querySelectorAll('details.menu[open]'))
    if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener('keydown', (event) => {
  const menu = event.key === 'Escape' && document.querySelector('details.menu[open]');
  if (menu) {
    menu.open = false;
    menu.querySelector('summary').focus();
  }
});

// A form that was sent from a dialog has done its work.
document.addEventListener('htmx:after:request', ({target, detail: {ctx}}) => {
  if (ctx.response.status < 400) target.closest?.('dialog')?.close();
});
