// The licences of what is bundled: they ask to go wherever their code goes.
import fs from 'node:fs';

const PACKAGES = {
  '@tabler/core': [],
  '@tabler/icons': ['LICENSE'],
  echarts: ['LICENSE', 'NOTICE', 'licenses/LICENSE-d3'],
  'htmx.org': ['LICENSE'],
  tslib: ['LICENSE.txt'],
  zrender: ['LICENSE'],
};

const read = (name, file) => fs.readFileSync(`node_modules/${name}/${file}`, 'utf8').trim();

/** Tabler's package has no licence file: its style sheet's first lines, and the text they name. */
function tabler() {
  const head = read('@tabler/core', 'dist/css/tabler.css').match(/\/\*!([\s\S]*?)\*\//)[1];
  return [
    head.replace(/^\s*\* ?/gm, '').trim(),
    'Contains parts of Bootstrap, Copyright 2011-2026 The Bootstrap Authors, licensed under MIT.',
    read('@tabler/icons', 'LICENSE'),
  ];
}

export function licences() {
  const parts = Object.entries(PACKAGES).map(([name, files]) => {
    const {version, license} = JSON.parse(read(name, 'package.json'));
    const texts = files.length ? files.map((file) => read(name, file)) : tabler();
    return [`## ${name} ${version} (${license})`, ...texts].join('\n\n');
  });
  return ['What Banso’s browser files are made of.', ...parts].join('\n\n\n') + '\n';
}
