// node build.mjs OUT: bundles src/ (Sass, esbuild) and the icons, names each file by its content,
// compresses it, and writes OUT/manifest.json (name -> file).
import * as esbuild from 'esbuild';
import * as sass from 'sass';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import {licences} from './licences.mjs';

// Tabler's outline icons in the sprite; `-filled` takes the filled one. One a line, sorted.
const ICONS = `
alert-octagon-filled
alert-triangle
alert-triangle-filled
arrow-back-up
arrow-down
arrow-down-right
arrow-left
arrow-narrow-up
arrow-right
arrow-up
arrow-up-right
arrows-diff
ban
bell
bell-off
book
building
calendar
calendar-due
calendar-event
chart-bar
chart-dots
chart-line
check
checklist
checks
chevron-down
chevron-left
chevron-right
chevrons-up
circle-check
circle-check-filled
circle-dashed
circle-off
circle-x
clipboard-list
clock
clock-exclamation
clock-pause
code
coin
columns-3
contrast
copy
database
database-import
device-desktop
dots
download
equal
external-link
eye
eye-off
file-code
filter
filter-off
flag
git-compare
heart-rate-monitor
help-circle
history
home
hourglass
id
inbox
info-circle
key
keyboard
language
layout-grid
license
link
list
list-details
mail
lock
login
logout
map-pin
math-function
message
minus
moon
note
package-import
pencil
phone
player-pause
player-play
player-stop
plug
plug-off
plus
point-filled
receipt
refresh
search
search-off
shield-lock
sort-ascending
sort-descending
stack-2
stairs
stairs-up
star
sun
sunrise
table
tag
target
thumb-down
timeline
timeline-event
trash
trending-down
trending-up
user
user-check
user-circle
user-off
user-plus
user-x
users
users-group
x
zoom-question
`.trim().split('\n');

const out = process.argv[2];
fs.mkdirSync(out, {recursive: true});

const written = {};
const COMPRESSED = new Set(['.css', '.js', '.svg', '.txt']);

/** A name that is the content's: browsers may keep it for ever (WHITENOISE_IMMUTABLE_FILE_TEST). */
function write(name, content) {
  const {name: stem, ext} = path.parse(name);
  const hash = crypto.createHash('sha256').update(content).digest('hex').slice(0, 8).toUpperCase();
  const file = `${stem}-${hash}${ext}`;
  fs.writeFileSync(path.join(out, file), content);
  if (COMPRESSED.has(ext)) {
    const brotli = {params: {[zlib.constants.BROTLI_PARAM_QUALITY]: 11}};
    fs.writeFileSync(path.join(out, `${file}.br`), zlib.brotliCompressSync(content, brotli));
    fs.writeFileSync(path.join(out, `${file}.gz`), zlib.gzipSync(content, {level: 9}));
  }
  written[name] = file;
}

const TARGET = ['chrome123', 'firefox128', 'safari17.5']; // the first with light-dark()

/** What belongs to one page lies in src/pages and is taken in by itself. */
const pages = (ext) => fs.readdirSync('src/pages').filter((file) => file.endsWith(ext)).sort();

async function styles() {
  const entry = ['app', ...pages('.scss').map((file) => `pages/${file}`)];
  const {css} = sass.compileString(entry.map((file) => `@use '${file}';`).join('\n'), {
    loadPaths: ['src', 'node_modules/@tabler/core/scss'], quietDeps: true,
  });
  const {code} = await esbuild.transform(css, {loader: 'css', minify: true, target: TARGET});
  return code;
}

async function script(...names) {
  const {outputFiles} = await esbuild.build({
    stdin: {contents: names.map((name) => `import './${name}';`).join('\n'), resolveDir: 'src'},
    bundle: true, minify: true, write: false, format: 'iife', target: TARGET, legalComments: 'none',
  });
  return outputFiles[0].text;
}

function icon(name) {
  const filled = name.endsWith('-filled');
  const file = `${filled ? 'filled' : 'outline'}/${name.replace(/-filled$/, '')}.svg`;
  const source = fs.readFileSync(`node_modules/@tabler/icons/icons/${file}`, 'utf8');
  const inside = source.match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1].replace(/\s*\n\s*/g, '');
  const paint = filled
    ? 'fill="currentColor"'
    : 'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"';
  return `<symbol id="${name}" viewBox="0 0 24 24" ${paint}>${inside}</symbol>`;
}

write('app.css', await styles());
write('app.js', await script('app.js', ...pages('.js').map((file) => `pages/${file}`)));
write('charts.js', await script('charts.js'));
const logo = fs.readFileSync('src/logo.svg', 'utf8').trim();
const mark = logo.replace('<svg xmlns="http://www.w3.org/2000/svg"', '<symbol id="banso"').replace('</svg>', '</symbol>');
write('logo.svg', logo);
write('icons.svg', `<svg xmlns="http://www.w3.org/2000/svg">${mark}${ICONS.map(icon).join('')}</svg>\n`);
write('licences.txt', licences());
// At once: a server may be reading it.
fs.writeFileSync(path.join(out, 'manifest.new'), JSON.stringify(written, null, 1));
fs.renameSync(path.join(out, 'manifest.new'), path.join(out, 'manifest.json'));

// What an earlier build left.
const keep = new Set(Object.values(written).flatMap((file) => [file, `${file}.br`, `${file}.gz`]));
for (const file of fs.readdirSync(out))
  if (!['manifest.json', 'built'].includes(file) && !keep.has(file))
    fs.rmSync(path.join(out, file), {recursive: true});
