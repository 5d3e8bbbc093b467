import path from 'node:path';

/** The folder of the function app: the repository itself, three above `dist/local/demo`. */
export const REPOSITORY = path.resolve(__dirname, '../../..');

/** Everything that the embedded services keep; git-ignored. The variable is for a second copy beside the usual one. */
export const DATA_FOLDER = path.resolve(process.env['SLUICE_DATA_FOLDER'] ?? path.join(REPOSITORY, '.sluice'));

/** What stands in the data folder. */
export const DATA = {
  postgres: path.join(DATA_FOLDER, 'postgres'),
  /** Journals, and Azurite's data. */
  host: path.join(DATA_FOLDER, 'host'),
  /** What the engine spills and what activities download. */
  scratch: path.join(DATA_FOLDER, 'scratch'),
  hostLog: path.join(DATA_FOLDER, 'host.log'),
  /** How to reach the services, for the command line. */
  settings: path.join(DATA_FOLDER, 'local.settings.json'),
} as const;
