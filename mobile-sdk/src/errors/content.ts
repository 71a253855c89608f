import { AllodError } from './base.ts';

/** No gateway served a block whose bytes hash to its CID. */
export class BlockUnavailableError extends AllodError {
  override name = 'BlockUnavailableError';

  constructor(cid: string, failures: unknown) {
    super('BLOCK_UNAVAILABLE', 'no gateway serves this block', { details: { cid, failures } });
  }
}

/** Bytes were found but do not open with the key that the keepers released, or are not what the manifest says. */
export class ContentError extends AllodError {
  override name = 'ContentError';
}
