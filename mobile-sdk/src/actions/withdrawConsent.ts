import { signStruct } from '@allod/protocol';
import { contractAt } from '../chain/contracts.ts';
import { readNonces } from '../chain/reads.ts';
import { transact } from '../chain/transact.ts';
import { type ClientContext, execute, refOf, walletOf } from '../context.ts';
import type { SeedMissingError, SignerMissingError } from '../errors/account.ts';
import type { RefusedError, TransportError } from '../errors/api.ts';
import type { ChainError, ContractRefusedError } from '../errors/chain.ts';
import { ConsentWithdrawDocument } from '../graphql/generated.ts';
import { accepted } from '../graphql/transport.ts';
import { dropCurrentConsent } from '../identity/consents.ts';
import { keepReceipt, type SignedReceipt } from '../identity/receipts.ts';

/** Time that a relayer has, in seconds. */
const RELAY_TIME = 3600;

export interface WithdrawConsentParameters {
  datasetId: string;
  /**
   * `api` (default): the API relays the signed form, free of charge. `direct`: the wallet sends it, or the contributorRef
   * itself where the client has no wallet; needs gas, needs nobody.
   */
  via?: 'api' | 'direct';
}

export interface WithdrawConsentReturnType {
  contributorRef: string;
  /** Nonce of the consents that ended. */
  consentNonce: number;
  /** Null while the API's transaction is not in a block yet. */
  txHash: string | null;
  /** The operator's signed word on what cannot be undone; null with `via: 'direct'`. */
  receipt: SignedReceipt | null;
}

export type WithdrawConsentErrorType =
  SeedMissingError | SignerMissingError | RefusedError | TransportError | ChainError | ContractRefusedError;

/**
 * Withdraws every consent that this contributor gave to a dataset. From the first block that shows it keepers refuse keys to
 * everyone but the contributor. Keys that were released before cannot be recalled.
 *
 * @throws RefusedError (`CONSENT_WITHDRAWN`, `WRONG_SIGNATURE`); with `direct` `CHAIN_FAILED` or the contract's error name
 * @example
 * const { receipt } = await client.withdrawConsent({ datasetId });
 */
export async function withdrawConsent(
  client: ClientContext,
  { datasetId, via = 'api' }: WithdrawConsentParameters,
): Promise<WithdrawConsentReturnType> {
  const { chain, platform } = client;
  const ref = refOf(client, datasetId);
  const { consentNonce } = await readNonces(client, ref.address, datasetId);
  const deadline = Math.floor(platform.clock.now() / 1000) + RELAY_TIME;
  const withdrawal = { contributorRef: ref.address, datasetId, consentNonce, deadline };
  const signature = await signStruct(ref.signer, 'Withdrawal', withdrawal, chain.chainId, chain.contracts);
  let result: WithdrawConsentReturnType;
  if (via === 'direct') {
    const sender = client.signer ? (await walletOf(client)).signer : ref.signer;
    const { txHash } = await transact(
      contractAt(chain, 'ConsentRegistry', sender),
      'withdrawBySig',
      withdrawal,
      signature,
    );
    result = { contributorRef: ref.address, consentNonce, txHash, receipt: null };
  } else {
    const { consentWithdraw } = await execute(
      client,
      ConsentWithdrawDocument,
      { input: { ...withdrawal, signature } },
      ref,
    );
    const { txHash, receipt } = accepted(consentWithdraw);
    const kept = await keepReceipt(client, { contributorRef: ref.address, datasetId }, receipt);
    result = { contributorRef: ref.address, consentNonce, txHash, receipt: kept };
  }
  await dropCurrentConsent(client, datasetId);
  return result;
}
