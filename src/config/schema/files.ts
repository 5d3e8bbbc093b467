import { alertsFile } from './alerts';
import { connectionsFile } from './connection';
import { overlayFile } from './overlay';
import { pipeline } from './pipeline';
import { prices } from './prices';

/** The kinds of files in a pipelines folder. */
export const FILE_SCHEMAS = {
  pipeline,
  connections: connectionsFile,
  overlay: overlayFile,
  alerts: alertsFile,
  prices,
} as const;
export type FileKind = keyof typeof FILE_SCHEMAS;
