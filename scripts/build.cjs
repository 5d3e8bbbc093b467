'use strict';
/* Compiles src to dist with the operators' page, and leaves nothing in dist that src no longer has. */
const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { ROOT, withLock } = require('../bin/bootstrap.cjs');

const SRC = path.join(ROOT, 'src');
const PAGE = path.join(SRC, 'dashboard');
/** Laid beside the page. */
const RUNBOOKS = path.join(ROOT, 'docs', 'runbooks');
const DIST = path.join(ROOT, 'dist');
/** What dist was built from; missing while a build is under way or has failed. */
const FINGERPRINT = path.join(DIST, '.built-from');

/** Builds unless dist is the build of the sources as they are. Ends the process where they do not compile. */
function ensureBuilt() {
  if (isBuilt()) return;
  withLock('build', () => {
    if (isBuilt()) return;
    process.stderr.write('Building ...\n');
    if (!build()) process.exit(1);
  });
}

/** Compiles; true where there were no errors, which go to standard error. */
function build() {
  const from = fingerprint();
  fs.rmSync(FINGERPRINT, { force: true });
  removeStale(DIST);
  const tsc = path.join(ROOT, 'node_modules', 'typescript-7', 'bin', 'tsc');
  const result = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
  });
  if (result.status !== 0) return false;
  if (fs.existsSync(PAGE) && !require('./build-pages.cjs').buildPages(ROOT)) return false;
  fs.writeFileSync(FINGERPRINT, from);
  return true;
}

function isBuilt() {
  return fs.existsSync(FINGERPRINT) && fs.readFileSync(FINGERPRINT, 'utf8') === fingerprint();
}

/** Changes with every file that is added, removed or changed. */
function fingerprint() {
  const hash = createHash('sha256');
  const settings = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'].map((name) => path.join(ROOT, name));
  for (const file of [...settings, ...filesBelow(SRC), ...filesBelow(RUNBOOKS)]) {
    const { size, mtimeMs } = fs.statSync(file);
    hash.update(`${path.relative(ROOT, file)}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** Removes what comes of a source file that is gone: a stale activity would still be loaded. */
function removeStale(folder) {
  for (const file of filesBelow(folder)) {
    const source = /^(.*)\.js(\.map)?$/.exec(path.relative(folder, file))?.[1];
    if (source !== undefined && !fs.existsSync(path.join(SRC, `${source}.ts`))) fs.rmSync(file);
  }
}

function filesBelow(folder) {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

module.exports = { ensureBuilt, build };
