import { FOLDER_SOURCE } from '../../capabilities';
import { FileSource } from '../../files/file-source';
import { FolderFiles } from './folder-files';

export interface FolderSourceOptions {
  /** Relative to the working folder of the process. */
  readonly folder: string;
  /** The connection's name, for errors. */
  readonly connection: string;
  /** Milliseconds since the epoch; for the settle time. */
  readonly now?: () => number;
}

/** Files of a folder of this machine, with the options that those of a container have: for development. */
export class FolderSource extends FileSource {
  constructor({ folder, ...options }: FolderSourceOptions) {
    super({
      kind: 'folder',
      capabilities: FOLDER_SOURCE,
      store: new FolderFiles(folder, options.connection),
      ...options,
    });
  }
}
