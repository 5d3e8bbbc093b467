import type { Channel } from '../../../channels/channel';
import type { WatchingClient } from '../monitoring/watching-client';
import type { AlertsConfig } from '../../../config/schema/alerts';

/** What activities need to tell people of alerts. */
export interface Alerting {
  /** alerts.yaml as it is now; null where there is none, or it cannot be read. */
  config(): AlertsConfig | null;
  /** @throws {UnknownChannelError | SecretNotFoundError} */
  channel(name: string): Promise<Channel>;
  /** Name of the environment, for messages. */
  readonly environment: string;
  /** Address of the app, without a slash at its end; null where nobody knows. */
  readonly publicUrl: string | null;
  /** Starts a pipeline again; with the same key it is the same run. */
  rerun(client: WatchingClient, pipeline: string, key: string): Promise<{ readonly runId: string }>;
  /** The address by which a group is acknowledged without signing in; null where there are no such links. The same for the same message. */
  acknowledgeUrl(link: AcknowledgeLink): Promise<string | null>;
}

export interface AcknowledgeLink {
  readonly group: string;
  readonly channel: string;
  readonly message: string;
  /** From when on its time runs: ISO 8601. */
  readonly from: string;
}
