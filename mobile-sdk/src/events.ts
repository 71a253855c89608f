/** Progress of a queued batch on this device. */
export type UploadState = 'QUEUED' | 'UPLOADING' | 'COMMITTED' | 'REFUSED' | 'WAITING';

export interface UploadEvent {
  batchId: string;
  datasetId: string;
  state: UploadState;
  /** Encrypted bytes of the batch, and how many of them the API is known to have. */
  bytes: number;
  bytesStored: number;
  /** With REFUSED and WAITING: the code of what stands in the way. */
  code?: string;
  /** With WAITING: milliseconds since 1970 before which trying again is of no use, where server or policy said so. */
  retryAt?: number;
}

/** A contribution changed its state at the API, as seen by `waitForContribution`. */
export interface ContributionEvent {
  contributionId: string;
  datasetId: string;
  state: string;
  reason: string | null;
}

/** The queue of this device and its room. */
export type QueueEvent =
  /** Four fifths of the queue's bytes are taken, all of them, or there is room again. */
  | { type: 'NEARLY_FULL' | 'ROOM'; bytes: number; maxBytes: number }
  | { type: 'FULL'; bytes: number; maxBytes: number; whenFull: string }
  /** Policy `drop-oldest`: these items are gone. */
  | { type: 'DROPPED'; batchId: string; datasetId: string; contributionIds: string[]; bytes: number; maxBytes: number }
  /** Collected readings could not be made a batch; they stay collected. */
  | { type: 'HELD'; datasetId: string; readings: number; code: string };

/** Items that were validated too late for the version of their intake are in the open intake now. */
export interface RewrappedEvent {
  datasetId: string;
  contributionIds: string[];
  intake: number;
  /** Root of their new leaves. */
  root: string;
}

export interface ClientEvents {
  state: UploadEvent;
  contribution: ContributionEvent;
  queue: QueueEvent;
  rewrapped: RewrappedEvent;
}

/** Typed event emitter. A listener that throws does not disturb the others or the emitter. */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<(event: never) => void>>();

  /** @returns a function that removes the listener again */
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        listener(event as never);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
