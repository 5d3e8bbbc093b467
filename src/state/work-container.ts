import type { BlockBlobClient, ContainerClient } from '@azure/storage-blob';
import { statusOf } from '../errors/storage-error';
import { storageCall } from './storage-call';

/** The container of artifacts, made on first use. */
export class WorkContainer {
  private made: Promise<void> | undefined;

  constructor(readonly client: ContainerClient) {}

  blob(path: string): BlockBlobClient {
    return this.client.getBlockBlobClient(path);
  }

  /** Runs a call once the container is there; what it throws comes out as a `SluiceError`. */
  async call<T>(what: string, work: () => Promise<T>): Promise<T> {
    const whole = `${what} in container ${this.client.containerName}`;
    this.made ??= storageCall(whole, () => this.create()).catch((error: unknown) => {
      this.made = undefined;
      throw error;
    });
    await this.made;
    return storageCall(whole, work);
  }

  private async create(): Promise<void> {
    try {
      await this.client.create();
    } catch (error) {
      const status = statusOf(error);
      if (status === 409) return;
      // A role on the container alone does not make it; infrastructure does, and then this is its answer.
      if (status === 403 && (await this.client.exists())) return;
      throw error;
    }
  }
}
