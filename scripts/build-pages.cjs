'use strict';
/* Bundles the operators' page to dist/dashboard, and lays the runbooks beside it: what the app serves to browsers. */
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

/** Checks types and bundles; true where there were no errors, which go to standard error. */
function buildPages(root) {
  const source = path.join(root, 'src', 'dashboard');
  const tsc = path.join(root, 'node_modules', 'typescript-7', 'bin', 'tsc');
  const types = spawnSync(process.execPath, [tsc, '-p', source], { cwd: root, stdio: ['ignore', 2, 2] });
  if (types.status !== 0) return false;
  const folder = path.join(root, 'dist', 'dashboard');
  fs.rmSync(folder, { recursive: true, force: true });
  const outputs = bundle(source, path.join(folder, 'assets'));
  if (outputs === undefined) return false;
  fs.writeFileSync(path.join(folder, 'index.html'), indexOf(path.join(source, 'index.html'), outputs));
  copyRunbooks(path.join(root, 'docs', 'runbooks'), path.join(root, 'dist', 'runbooks'));
  return true;
}

/** Names of the files made, each with a hash of its content, by what they are. */
function bundle(source, folder) {
  const esbuild = require('esbuild');
  try {
    const { metafile } = esbuild.buildSync({
      entryPoints: { page: path.join(source, 'main.tsx'), icon: path.join(source, 'icon.svg') },
      outdir: folder,
      entryNames: '[name]-[hash]',
      loader: { '.svg': 'copy' },
      bundle: true,
      minify: true,
      format: 'esm',
      target: ['es2022', 'chrome123', 'firefox121', 'safari17.5'],
      jsx: 'automatic',
      jsxImportSource: 'preact',
      legalComments: 'eof',
      metafile: true,
      logLevel: 'warning',
    });
    return Object.keys(metafile.outputs).map((output) => path.basename(output));
  } catch {
    return undefined; // esbuild has said why
  }
}

/** The page with the names of its script, style and icon. */
function indexOf(template, outputs) {
  const named = (extension) => {
    const found = outputs.find((output) => output.endsWith(extension));
    if (found === undefined) throw new Error(`The page has no ${extension} file.`);
    return found;
  };
  return fs
    .readFileSync(template, 'utf8')
    .replace('{{script}}', named('.js'))
    .replace('{{style}}', named('.css'))
    .replace('{{icon}}', named('.svg'));
}

function copyRunbooks(from, to) {
  fs.rmSync(to, { recursive: true, force: true });
  fs.mkdirSync(to, { recursive: true });
  for (const name of fs.readdirSync(from).filter((each) => each.endsWith('.md'))) {
    fs.copyFileSync(path.join(from, name), path.join(to, name));
  }
}

module.exports = { buildPages };
