'use strict';
/*
 * `npm run package`: the deployment package, `.sluice/package/sluice.zip` or what `--out` names. The same sources and
 * dependencies give the same bytes, so its SHA-256 says which package runs where.
 */
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { ROOT } = require('../../bin/bootstrap.cjs');
const { packageFiles } = require('./package-files.cjs');
const { zip } = require('./zip.cjs');

function main(args) {
  const { values } = parseArgs({
    args,
    options: { out: { type: 'string' }, json: { type: 'boolean', default: false } },
  });
  const out = path.resolve(values.out ?? path.join(ROOT, '.sluice/package/sluice.zip'));
  const entries = packageFiles(ROOT).map(({ name, file }) => ({ name, content: fs.readFileSync(file) }));
  entries.push({ name: 'package.json', content: manifest() });
  const archive = zip(entries);
  fs.mkdirSync(path.dirname(out), { recursive: true });
  fs.writeFileSync(out, archive);
  const report = {
    file: out,
    bytes: archive.length,
    unpackedBytes: entries.reduce((sum, { content }) => sum + content.length, 0),
    files: entries.length,
    sha256: createHash('sha256').update(archive).digest('hex'),
    largest: largest(entries),
  };
  process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : text(report));
}

/** What the worker reads of package.json, and the versions that were packed; no scripts, since nobody builds there. */
function manifest() {
  const {
    name,
    version,
    license,
    main: entry,
    engines,
    dependencies,
  } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const kept = { name, version, private: true, license, main: entry, engines, dependencies };
  return Buffer.from(`${JSON.stringify(kept, null, 2)}\n`);
}

/** The five largest parts, unpacked: a package of node_modules each, or a folder of our own. */
function largest(entries) {
  const sizes = new Map();
  for (const { name, content } of entries) {
    const part = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+|[^/]+)/.exec(name)[0];
    sizes.set(part, (sizes.get(part) ?? 0) + content.length);
  }
  const sorted = [...sizes].sort(([, one], [, other]) => other - one).slice(0, 5);
  return sorted.map(([part, bytes]) => ({ part, bytes }));
}

function text({ file, bytes, unpackedBytes, files, sha256, largest: parts }) {
  const mb = (size) => `${(size / 1e6).toFixed(1)} MB`;
  const lines = parts.map(({ part, bytes: size }) => `  ${mb(size).padStart(9)}  ${part}`);
  const head = `${path.relative(process.cwd(), file)}: ${mb(bytes)}, ${mb(unpackedBytes)} unpacked, ${files} files`;
  return [head, `SHA-256 ${sha256}`, 'Largest, unpacked:', ...lines, ''].join('\n');
}

module.exports = { main };
