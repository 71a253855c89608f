import { AllodError } from './base.ts';

/** A transaction was refused by a contract, before or after it was sent. `code` is the contract's error name. */
export class ContractRefusedError extends AllodError {
  override name = 'ContractRefusedError';
}

/** The chain could not be asked or the transaction could not be sent. */
export class ChainError extends AllodError {
  override name = 'ChainError';

  constructor(shortMessage: string, options: { cause?: unknown; details?: unknown } = {}) {
    super('CHAIN_FAILED', shortMessage, options);
  }
}
