import { openSource, openTarget } from './connectors/connections';
import type { Project } from './config/project';
import type { ActivityServices } from './durable/activities/activity-services';
import { createEngine } from './engine/create-engine';
import type { Logger } from './observability/logger';
import { createSecretResolver } from './platform/secrets';
import type { Settings } from './platform/settings';
import { blobServiceClient } from './platform/storage-clients';
import { createStores } from './state/create-stores';

/** Puts together what activities need. Connects to nothing by itself. */
export function composeServices(
  settings: Settings,
  log: Logger,
  currentProject: () => Project | null,
): ActivityServices {
  const secrets = createSecretResolver({ env: process.env, keyVaultUri: settings.keyVaultUri });
  const dependencies = { blobServiceClient: (setting: string) => blobServiceClient(setting), secrets };
  return {
    engine: createEngine(settings.engine),
    stores: createStores({ storageSetting: settings.storageSetting }),
    openSource: (project, connection) => openSource(project, connection, dependencies),
    openTarget: (project, connection) => openTarget(project, connection, dependencies),
    currentProject,
    now: () => new Date().toISOString(),
    log,
  };
}
