import { purchaseNonce } from '@allod/protocol';
import { hexlify, type Signer } from 'ethers';
import { contractAt } from '../chain/contracts.ts';
import { ensureAllowance, signAuthorization, signPermit } from '../chain/token.ts';
import { eventArgs, readChain, type Transaction, transact } from '../chain/transact.ts';
import { readVersion } from '../chain/versions.ts';
import { type ClientContext, execute, walletOf } from '../context.ts';
import type { SignerMissingError } from '../errors/account.ts';
import type { ApiError, TransportError } from '../errors/api.ts';
import { AllodError } from '../errors/base.ts';
import type { ChainError, ContractRefusedError } from '../errors/chain.ts';
import { MyLicensesDocument, type MyLicensesQuery } from '../graphql/generated.ts';
import type { Account } from '../identity/account.ts';
import { randomBytes } from '../random.ts';

/** Slots of licenses per licensee and dataset. */
const SLOTS = 8;
/** Time that a permit or authorization stays good, in seconds. */
const SIGNATURE_TIME = 3600;

export interface PurchaseLicenseParameters {
  datasetId: string;
  offerIndex: number;
  /** Version whose contributors are paid; default the newest that is open. */
  version?: number;
  /** 0 to 7; default the slot that this offer renews, else the first that is free. */
  slot?: number;
  /** Most to pay, token base units; default the offer's price, which cannot change. */
  maxPrice?: bigint;
  /** Most of the contributors' weight that may have been withdrawn, in basis points; default 1,000. */
  maxWithdrawnBps?: number;
  /**
   * `permit` (default): one signature and one transaction. `approve`: an approval first where it is missing.
   * `authorization`: EIP-3009; the transaction may be sent by `relayer`.
   */
  payment?: 'permit' | 'approve' | 'authorization';
  /** Sends and pays the gas of an `authorization`; default the wallet. */
  relayer?: Signer;
}

export interface PurchaseLicenseReturnType {
  licenseId: string;
  licensee: string;
  datasetId: string;
  offerIndex: number;
  slot: number;
  version: number;
  /** Token base units that were paid. */
  price: bigint;
  /** Unix seconds. */
  expiry: number;
  txHash: string;
  gasUsed: bigint;
}

export type PurchaseLicenseErrorType = SignerMissingError | ContractRefusedError | ChainError | AllodError;

/**
 * Buys or renews a license for the wallet.
 *
 * @throws `OFFER_INACTIVE`, `UNKNOWN_VERSION`, `NO_SLOT`, `PRICE_TOO_HIGH` before anything is signed; the contract's error name,
 *   for example `LicenseVaultTooMuchWithdrawn` or `ERC20InsufficientBalance`
 * @example
 * const { expiry, price } = await client.purchaseLicense({ datasetId, offerIndex: 0 });
 */
export async function purchaseLicense(
  client: ClientContext,
  parameters: PurchaseLicenseParameters,
): Promise<PurchaseLicenseReturnType> {
  const { datasetId, offerIndex, maxWithdrawnBps = 1000, payment = 'permit' } = parameters;
  const { chain } = client;
  const licensee = await walletOf(client);
  const registry = contractAt(chain, 'DatasetRegistry');
  const offer = await readChain(() => registry.getFunction('getOffer')(datasetId, offerIndex));
  if (!offer.active)
    throw new AllodError('OFFER_INACTIVE', 'the curator has closed this offer', { details: { datasetId, offerIndex } });
  const price = offer.price as bigint;
  const maxPrice = parameters.maxPrice ?? price;
  if (price > maxPrice)
    throw new AllodError('PRICE_TOO_HIGH', 'the offer costs more than maxPrice', { details: { price, maxPrice } });
  const terms: Terms = {
    datasetId,
    offerIndex,
    slot: parameters.slot ?? (await slotFor(client, licensee.address, datasetId, offerIndex)),
    version: parameters.version ?? (await readVersion(client, datasetId)).number,
    maxPrice,
    maxWithdrawnBps,
  };
  const transaction = await pay(client, licensee, terms, price, payment, parameters.relayer);
  const bought = eventArgs(contractAt(chain, 'LicenseVault'), transaction, 'LicensePurchased');
  return {
    licenseId: bought['licenseId'] as string,
    licensee: licensee.address,
    datasetId,
    offerIndex,
    slot: terms.slot,
    version: terms.version,
    price: bought['price'] as bigint,
    expiry: Number(bought['expiry']),
    txHash: transaction.txHash,
    gasUsed: transaction.gasUsed,
  };
}

interface Terms {
  datasetId: string;
  offerIndex: number;
  slot: number;
  version: number;
  maxPrice: bigint;
  maxWithdrawnBps: number;
}

async function pay(
  client: ClientContext,
  licensee: Account,
  terms: Terms,
  price: bigint,
  payment: 'permit' | 'approve' | 'authorization',
  relayer?: Signer,
): Promise<Transaction> {
  const { chain } = client;
  const address = chain.contracts.LicenseVault;
  const vault = contractAt(chain, 'LicenseVault', licensee.signer);
  const token = await readChain<string>(() => vault.getFunction('token')());
  const until = Math.floor(client.platform.clock.now() / 1000) + SIGNATURE_TIME;
  if (payment === 'approve') {
    await ensureAllowance(client, licensee, token, address, price);
    return transact(vault, 'purchase', terms);
  }
  if (payment === 'permit') {
    const { v, r, s } = await signPermit(client, licensee, token, address, price, until);
    return transact(vault, 'purchaseWithPermit', terms, until, v, r, s);
  }
  const salt = hexlify(randomBytes(32));
  const nonce = purchaseNonce({ ...terms, chainId: chain.chainId, vault: address, licensee: licensee.address, salt });
  const window = { validAfter: 0, validBefore: until };
  const signature = await signAuthorization(client, licensee, token, { to: address, value: price, nonce, ...window });
  const sender = relayer ?? licensee.signer;
  const sending = contractAt(chain, 'LicenseVault', sender);
  return transact(
    sending,
    'purchaseWithAuthorization',
    terms,
    licensee.address,
    window.validAfter,
    window.validBefore,
    salt,
    signature,
  );
}

async function slotFor(
  client: ClientContext,
  licensee: string,
  datasetId: string,
  offerIndex: number,
): Promise<number> {
  const vault = contractAt(client.chain, 'LicenseVault');
  const slots = await readChain(() =>
    Promise.all(Array.from({ length: SLOTS }, (_, slot) => vault.getFunction('getLicense')(licensee, datasetId, slot))),
  );
  const now = Math.floor(client.platform.clock.now() / 1000);
  const renewed = slots.findIndex((slot) => Number(slot.expiry) > 0 && Number(slot.offerIndex) === offerIndex);
  const slot = renewed >= 0 ? renewed : slots.findIndex((each) => Number(each.expiry) <= now);
  if (slot < 0)
    throw new AllodError('NO_SLOT', `all ${SLOTS} license slots of this dataset are in use`, {
      details: { licensee, datasetId },
    });
  return slot;
}

export type License = MyLicensesQuery['myLicenses'][number];

/**
 * The wallet's licenses as the API has seen them.
 *
 * @example
 * const licenses = await client.getLicenses();
 */
export async function getLicenses(client: ClientContext): Promise<License[]> {
  return (await execute(client, MyLicensesDocument, {}, await walletOf(client))).myLicenses;
}

export type GetLicensesErrorType = SignerMissingError | ApiError | TransportError;
