import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
import { contributorRef, refPrivateKey, refSeed } from '@allod/protocol';
import type { Signer } from 'ethers';
import type { Chain } from './chain/chain.ts';
import { SeedMissingError, SignerMissingError } from './errors/account.ts';
import { ApiError } from './errors/api.ts';
import type { ClientEvents, Emitter } from './events.ts';
import { request } from './graphql/transport.ts';
import type { Account } from './identity/account.ts';
import type { Contributor } from './identity/walletContributor.ts';
import { LocalSigner } from './identity/localSigner.ts';
import type { Sessions } from './identity/sessions.ts';
import type { KeyGate } from './keys/key-gate.port.ts';
import type { Platform } from './platform/ports.ts';
import type { QueueOptions, UploadPolicy } from './options.ts';

/** What every action works with. Made by `createClient`; actions take it as their first argument. */
export interface ClientContext {
  /** Base URL of the API, without a trailing slash. */
  api: string;
  /** Trustless gateways, asked in this order. */
  gateways: readonly string[];
  chain: Chain;
  signer: Signer | undefined;
  seed: Uint8Array | undefined;
  /** A wallet that contributes under its own address, instead of a seed. */
  contributor: Contributor | undefined;
  keyGate: KeyGate;
  platform: Platform;
  sessions: Sessions;
  events: Emitter<ClientEvents>;
  /** Signs the operator's receipts; when unset, receipts are checked against the signer that they name. */
  receiptSigner: string | undefined;
  queue: QueueOptions;
  upload: UploadPolicy;
  /** Aborted by `close()`. */
  closing: AbortSignal;
  /** contributorRefs already derived, by dataset. */
  refs: Map<string, RefAccount>;
}

/** A contributorRef with its secrets. Stays in memory. */
export interface RefAccount extends Account {
  /** From which keys follow; undefined for a wallet, whose keys are random (`topKekOf`). */
  refSeed: Uint8Array | undefined;
}

/** The client's wallet. Throws {@link SignerMissingError} when it has none. */
export async function walletOf(client: ClientContext): Promise<Account> {
  if (!client.signer) throw new SignerMissingError();
  return { address: await client.signer.getAddress(), signer: client.signer };
}

/** The contributorRef of this client in a dataset: of its seed, or the wallet itself. Throws {@link SeedMissingError} without either. */
export function refOf(client: ClientContext, datasetId: string): RefAccount {
  const { contributor } = client;
  if (contributor) {
    const { address, signer } = contributor;
    return { address, signer, refSeed: undefined };
  }
  if (!client.seed) throw new SeedMissingError();
  const key = datasetId.toLowerCase();
  let account = client.refs.get(key);
  if (!account) {
    const seed = refSeed(client.seed, client.chain.chainId, key);
    account = {
      address: contributorRef(seed),
      signer: new LocalSigner(refPrivateKey(seed)),
      refSeed: seed,
    };
    client.refs.set(key, account);
  }
  return account;
}

/** A GraphQL operation in public, or signed in as `as`; an ended session is renewed once. */
export async function execute<Result, Variables>(
  client: ClientContext,
  document: DocumentTypeDecoration<Result, Variables>,
  variables: Variables,
  as?: Account,
): Promise<Result> {
  const { platform, api, sessions } = client;
  if (!as) return request(platform, api, document, variables);
  const run = async (): Promise<Result> => request(platform, api, document, variables, (await sessions.get(as)).token);
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'UNAUTHENTICATED') throw error;
    sessions.drop(as);
    return run();
  }
}
