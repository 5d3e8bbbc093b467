'use strict';
/* Which files are deployed: the build without what only development needs, the pipelines, and production dependencies. */
const fs = require('node:fs');
const path = require('node:path');

/** Where the app runs: https://learn.microsoft.com/azure/azure-functions/functions-app-settings#website_node_default_version */
const PLATFORM = { os: 'linux', cpu: 'x64', libc: 'glibc' };
/** Of the build; the rules of the layers make sure that nothing else needs these. */
const NOT_DEPLOYED = /^(local|cli)\/|^\.|\.map$/;
/** Of a dependency: what a running app never reads. Licences stay. */
const NOT_NEEDED = /\.map$|\.[cm]?ts$|\.tsbuildinfo$|(^|\/)(?!licen[cs]e|notice|copying)[^/]+\.(md|markdown)$/i;

/**
 * Every file of the package: its name in the archive and where it is.
 * @throws {Error} where a dependency is not installed for the platform of the app.
 */
function packageFiles(root) {
  const files = [
    { name: 'host.json', file: path.join(root, 'host.json') },
    { name: 'LICENSE', file: path.join(root, 'LICENSE') },
    ...filesBelow(path.join(root, 'dist'), 'dist', (name) => !NOT_DEPLOYED.test(name)),
    ...filesBelow(path.join(root, 'pipelines'), 'pipelines', (name) => name !== 'schema.json'),
    ...productionFolders(root).flatMap((folder) =>
      filesBelow(path.join(root, folder), folder, (name) => !NOT_NEEDED.test(name), 'node_modules'),
    ),
  ];
  return files.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** The folders of node_modules that production needs, by the lock file. */
function productionFolders(root) {
  const { packages } = JSON.parse(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  // Node.js itself, as an npm package for development machines: Azure brings its own.
  const ownOptional = Object.keys(packages[''].optionalDependencies ?? {}).map((name) => `node_modules/${name}`);
  const wanted = Object.entries(packages).filter(
    ([folder, entry]) =>
      folder !== '' && !entry.dev && !entry.devOptional && !ownOptional.includes(folder) && suits(entry),
  );
  const missing = wanted.filter(([folder]) => !fs.existsSync(path.join(root, folder, 'package.json')));
  const needed = missing.filter(([, entry]) => !entry.optional || entry.os !== undefined).map(([folder]) => folder);
  if (needed.length > 0) {
    throw new Error(
      `${needed.join(', ')}: not installed. Run npm ci; on another platform than linux-x64 with glibc, ` +
        'npm ci --os=linux --cpu=x64 --libc=glibc in a clone of its own.',
    );
  }
  return wanted.filter((each) => !missing.includes(each)).map(([folder]) => folder);
}

function suits(entry) {
  return Object.entries(PLATFORM).every(([key, value]) => entry[key] === undefined || entry[key].includes(value));
}

/** Files of a folder and of those in it, links left out; `without` names folders that are not gone into. */
function filesBelow(folder, prefix, wanted, without) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const below = (name) =>
      filesBelow(path.join(folder, name), `${prefix}/${name}`, (rest) => wanted(`${name}/${rest}`), without);
    if (entry.isDirectory()) return entry.name === without ? [] : below(entry.name);
    if (!entry.isFile() || !wanted(entry.name)) return [];
    return [{ name: `${prefix}/${entry.name}`, file: path.join(folder, entry.name) }];
  });
}

module.exports = { packageFiles };
