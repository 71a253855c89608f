import { AllodError } from './base.ts';

/** A block was refused for good, or could not be sent after all attempts. The batch stays queued; `resume()` goes on. */
export class UploadError extends AllodError {
  override name = 'UploadError';

  constructor(shortMessage: string, options: { code?: string; details?: unknown; cause?: unknown } = {}) {
    super(options.code ?? 'UPLOAD_FAILED', shortMessage, options);
  }
}

/** The spool cannot take what was to be queued. Nothing was queued and nothing left the device. */
export class StorageFullError extends AllodError {
  override name = 'StorageFullError';

  constructor(cause: unknown) {
    super('STORAGE_FULL', 'the device has no room to queue these items', { cause });
  }
}
