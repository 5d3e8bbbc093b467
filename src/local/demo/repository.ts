import path from 'node:path';

/** The folder of the function app: the repository itself, three above `dist/local/demo`. */
export const REPOSITORY = path.resolve(__dirname, '../../..');

/** Everything that the embedded services keep; git-ignored. */
export const DATA_FOLDER = path.join(REPOSITORY, '.sluice');

/** The cluster of the embedded PostgreSQL. */
export const POSTGRES_FOLDER = path.join(DATA_FOLDER, 'postgres');
