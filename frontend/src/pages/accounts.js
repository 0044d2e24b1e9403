// Here the box of the list takes the place of the one at the top of every page.
document.addEventListener('keydown', (event) => {
  const typing = event.target.closest('input, textarea, select, [contenteditable]');
  const box = event.key === '/' && !typing && document.getElementById('accounts-q');
  if (!box || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  box.focus();
  box.select();
});
