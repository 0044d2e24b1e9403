// A request that failed is told, never swallowed. 422 and other answers to a form come as HTML and
// are put in place by htmx; what base.html's htmx-config lists under noSwap is not.
import {tell} from './toasts.js';

document.addEventListener('htmx:response:error', ({detail: {ctx}}) => {
  const {status} = ctx.response;
  if (status >= 500) tell('server');
  else if (status === 404 || status === 410) tell('missing');
  else if (status === 401 || status === 403) tell('forbidden');
});

document.addEventListener('htmx:error', ({detail: {ctx}}) => {
  if (ctx && !ctx.response) tell('network');
});

// Signed out in the meantime: the answer is the sign-in page, which belongs into no fragment.
document.addEventListener('htmx:before:response', (event) => {
  const {raw} = event.detail.ctx.response;
  const signIn = document.body.dataset.signIn;
  if (raw.redirected && new URL(raw.url).pathname === signIn) {
    event.preventDefault();
    location.assign(`${signIn}?next=${encodeURIComponent(location.pathname + location.search)}`);
  }
});
