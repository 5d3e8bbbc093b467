'use strict';
/*
 * Adds to package-lock.json the optional packages for other platforms that npm left out of it, as it does where it cannot
 * load their manifests or installs over an existing node_modules (https://github.com/npm/cli/issues/4828). Without them
 * `npm ci` refuses the lock file. Run after a dependency changes: `node scripts/complete-lock.cjs`.
 */
const fs = require('node:fs');
const path = require('node:path');

const FILE = path.join(__dirname, '..', 'package-lock.json');
const OS = /-(android|darwin|freebsd|linux|openharmony|win32|windows)(?=-)/;
const CPU = /-(arm64|arm|x64|ia32|ppc64|riscv64|s390x|loong64)(?=-|$)/;

/** The lock entries that `packages` of a lock file lacks, by folder. */
function missingEntries(packages) {
  const missing = {};
  for (const [folder, { optionalDependencies = {} }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      if (isResolved(packages, folder, name)) continue;
      const os = OS.exec(name)?.[1];
      const cpu = CPU.exec(name)?.[1];
      // A range, or a package that is not for one platform, is beyond a guess: npm itself must resolve it.
      if (os === undefined || cpu === undefined || !/^\d/.test(version)) throw new Error(`Cannot complete ${name}.`);
      const libc = /musl/.test(name) ? ['musl'] : /-gnu/.test(name) ? ['glibc'] : undefined;
      missing[`node_modules/${name}`] = {
        version,
        cpu: [cpu],
        ...(libc && { libc }),
        optional: true,
        os: [os === 'windows' ? 'win32' : os],
      };
    }
  }
  return missing;
}

/** Looks a package up as Node.js does: beside the one that asks, then in each folder above. */
function isResolved(packages, folder, name) {
  for (let at = folder; ;) {
    if (packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`] !== undefined) return true;
    if (at === '') return false;
    const above = at.lastIndexOf('/node_modules/');
    at = above === -1 ? '' : at.slice(0, above);
  }
}

if (require.main === module) {
  const lock = JSON.parse(fs.readFileSync(FILE, 'utf8'));
  const missing = missingEntries(lock.packages);
  const all = { ...lock.packages, ...missing };
  lock.packages = Object.fromEntries(Object.entries(all).sort(([a], [b]) => a.localeCompare(b, 'en')));
  fs.writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
  process.stdout.write(`${Object.keys(missing).length} entries added\n`);
}

module.exports = { missingEntries };
