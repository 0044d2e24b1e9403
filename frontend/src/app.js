// What pages do beyond links and forms. Everything here improves something that works without it.
import 'htmx.org';
import './failures.js';
import './dialogs.js';
import './keys.js';
import './toasts.js';
