import { LEAF_SIZE } from '@allod/protocol';
import type { Signer } from 'ethers';
import type * as actions from './actions/index.ts';
import { bind, type BoundActions } from './bind.ts';
import { type ChainOptions, describeChain } from './chain/chain.ts';
import { type ClientContext, refOf } from './context.ts';
import { AllodError } from './errors/base.ts';
import { type ClientEvents, Emitter } from './events.ts';
import { everyAction } from './everyAction.ts';
import { Sessions } from './identity/sessions.ts';
import type { Contributor } from './identity/walletContributor.ts';
import type { KeyGate } from './keys/key-gate.port.ts';
import type { Platform } from './platform/ports.ts';
import { sealedStoreOf } from './platform/sealedStore.ts';
import { withServerTime } from './platform/serverTime.ts';
import { defaultQueue, type QueueOptions, type UploadPolicy } from './options.ts';

export interface CreateClientOptions {
  /** Base URL of the API, for example `https://api.allod.example`. */
  api: string;
  /** Chain and contracts as you know them; nothing of this is taken from the API. */
  chain: ChainOptions;
  /** Wallet of a labeler, licensee, requester or curator. */
  signer?: Signer | undefined;
  /** 32 bytes from which a contributor's accounts and keys of every dataset are derived. Losing it loses them. */
  seed?: Uint8Array | undefined;
  /** Instead of a seed: a wallet that contributes under its own address (`walletContributor`). */
  contributor?: Contributor | undefined;
  /** Door to the keepers, for example `createLightKeyGate(…)`. */
  keyGate: KeyGate;
  /** Where keys and queue rest; the entry point of each platform has a default. */
  platform?: Platform | undefined;
  /** Trustless gateways for content, in order of preference; default the API's own. */
  gateways?: readonly string[] | undefined;
  /** Account that signs the operator's receipts; pin it where you know it. */
  receiptSigner?: string | undefined;
  /** Room of the queue on this device and what happens when it is full. */
  queue?: Partial<QueueOptions> | undefined;
  /** When the queue may use the network; default always. */
  upload?: UploadPolicy | undefined;
  /** Domain and origin in sign-in messages; default the page's, outside a browser the API's. */
  signInDomain?: string | undefined;
  signInUri?: string | undefined;
}

/** A client: its context, and every action as a method. */
export interface Client extends ClientContext, BoundActions<typeof actions> {
  /** Listens to `state` (queued batches), `contribution` or `queue` (room on this device) events; returns a function that stops listening. */
  on: Emitter<ClientEvents>['on'];
  /** Account that stands for this client's contributor in a dataset. Needs `seed` or `contributor`. */
  contributorRef(datasetId: string): string;
  /** Stops timers and uploads and closes connections. What is queued or collected stays on the device. */
  close(): Promise<void>;
}

/** Makes a client on a given platform; the entry points of the package choose one. */
export function createClientOn(given: Platform, options: CreateClientOptions): Client {
  if (options.seed !== undefined && options.seed.length !== 32)
    throw new AllodError('BAD_INPUT', 'the seed must be 32 bytes');
  if (options.seed && options.contributor)
    throw new AllodError('BAD_INPUT', 'a client contributes from a seed or from a wallet, not from both');
  if (options.upload?.dataCap && options.upload.dataCap.bytes < LEAF_SIZE)
    throw new AllodError('BAD_INPUT', 'a data cap below 1 MiB never lets a block pass');
  const api = options.api.replace(/\/+$/, '');
  const platform = { ...withServerTime(given, api), resumeStore: sealedStoreOf(given) };
  const page = (globalThis as { location?: { host?: string; origin?: string } }).location;
  const chain = describeChain(options.chain);
  const closing = new AbortController();
  const context: ClientContext = {
    api,
    gateways: options.gateways ?? [api],
    chain,
    signer: options.signer,
    seed: options.seed,
    contributor: options.contributor,
    keyGate: options.keyGate,
    platform,
    sessions: new Sessions({
      platform,
      api,
      chainId: chain.chainId,
      domain: options.signInDomain ?? (page?.host || new URL(api).host),
      uri: options.signInUri ?? (page?.host ? (page.origin as string) : new URL(api).origin),
    }),
    events: new Emitter(),
    receiptSigner: options.receiptSigner,
    queue: { ...defaultQueue, ...options.queue },
    upload: options.upload ?? {},
    closing: closing.signal,
    refs: new Map(),
  };
  return {
    ...context,
    ...bind(context, everyAction),
    on: (name, listener) => context.events.on(name, listener),
    contributorRef: (datasetId) => refOf(context, datasetId).address,
    close: async () => {
      closing.abort(new Error('the client was closed'));
      chain.disconnect?.();
      await options.keyGate.close();
    },
  };
}
