import { signStruct } from '@allod/protocol';
import { contractAt } from '../chain/contracts.ts';
import { readChain, transact } from '../chain/transact.ts';
import { type ClientContext, refOf, walletOf } from '../context.ts';
import type { SeedMissingError, SignerMissingError } from '../errors/account.ts';
import type { ChainError, ContractRefusedError } from '../errors/chain.ts';

/** Time that the signed change stays good, in seconds. */
const SIGNATURE_TIME = 3600;

export interface SetPayeeParameters {
  datasetId: string;
  /** Account that receives this contributor's revenue. Using one payee for two datasets links them in public. */
  payee: string;
}

export interface SetPayeeReturnType {
  contributorRef: string;
  /** In force now; a change of an earlier payee waits for the registry's delay. */
  effective: boolean;
  txHash: string;
  gasUsed: bigint;
}

export type SetPayeeErrorType = SeedMissingError | SignerMissingError | ContractRefusedError | ChainError;

/**
 * Names the account that receives a contributorRef's money. Signed by the contributorRef, sent by the wallet (or by the
 * contributorRef itself where the client has none). The first payee takes effect at once.
 *
 * @example
 * await client.setPayee({ datasetId, payee: '0x…' });
 */
export async function setPayee(
  client: ClientContext,
  { datasetId, payee }: SetPayeeParameters,
): Promise<SetPayeeReturnType> {
  const { chain } = client;
  const ref = refOf(client, datasetId);
  const sender = client.signer ? await walletOf(client) : ref;
  const registry = contractAt(chain, 'ConsentRegistry', sender.signer);
  const nonce = Number(await readChain<bigint>(() => registry.getFunction('changeNonceOf')(ref.address)));
  const deadline = Math.floor(client.platform.clock.now() / 1000) + SIGNATURE_TIME;
  const change = { contributorRef: ref.address, payee, nonce, deadline };
  const signature = await signStruct(ref.signer, 'PayeeChange', change, chain.chainId, chain.contracts);
  const { txHash, gasUsed } = await transact(registry, 'setPayeeBySig', change, signature);
  const current = await readChain<string>(() => registry.getFunction('payeeOf')(ref.address));
  return { contributorRef: ref.address, effective: current.toLowerCase() === payee.toLowerCase(), txHash, gasUsed };
}
