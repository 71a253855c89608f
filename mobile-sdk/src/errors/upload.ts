import { TransportError } from './api.ts';
import { AllodError } from './base.ts';

/** A block was refused for good, or could not be sent after all attempts. The batch stays queued; `resume()` goes on. */
export class UploadError extends AllodError {
  override name = 'UploadError';

  constructor(shortMessage: string, options: { code?: string; details?: unknown; cause?: unknown } = {}) {
    super(options.code ?? 'UPLOAD_FAILED', shortMessage, options);
  }
}

/** The API has no room for a block. The batch stays queued; `startUploads()` tries again when the API said so, or an hour later at most. */
export class ServerFullError extends TransportError {
  override name = 'ServerFullError';

  constructor(retryAfter: number | undefined) {
    super('the API has no room left', { code: 'SERVER_FULL', retryable: false, retryAfter });
  }
}

/**
 * The device has no room. Thrown for new items, nothing was queued and nothing left the device; thrown while sending, the batch stays
 * queued.
 */
export class StorageFullError extends AllodError {
  override name = 'StorageFullError';

  constructor(cause: unknown) {
    super('STORAGE_FULL', 'the device has no room left', { cause });
  }
}

/** The queue holds as many bytes as the app allows. Nothing was queued and nothing left the device. */
export class QueueFullError extends AllodError {
  override name = 'QueueFullError';

  constructor(details: { bytes: number; maxBytes: number; needed: number }) {
    super('QUEUE_FULL', 'the queue is full: let it upload, discard batches or raise its limit', { details });
  }
}

export type DeferredCode = 'WAITING_FOR_WIFI' | 'WAITING_FOR_POWER' | 'DATA_CAP_REACHED';

/** The upload policy says: not now. The batch stays queued; `resume()` or `startUploads()` goes on when the policy allows. */
export class UploadDeferredError extends AllodError {
  override name = 'UploadDeferredError';
  /** Milliseconds since 1970 when it is worth to try again; undefined when a change of the device decides. */
  readonly retryAt: number | undefined;

  constructor(code: DeferredCode, shortMessage: string, retryAt?: number) {
    super(code, shortMessage, { details: { retryAt } });
    this.retryAt = retryAt;
  }
}
