import { abis } from '@allod/contracts';
import type { ContractName } from '@allod/contracts';
import { deployProtocol } from '@allod/contracts/deploy';
import { capTable, capTableProof } from '@allod/protocol';
import type { CapTable } from '@allod/protocol';
import { TypedDataEncoder } from 'ethers';
import type { Wallet } from 'ethers';
import { actor, isDense, member, word } from './chain.ts';
import type { Deployed, GasChain } from './chain.ts';

export const PRICE = 100_000_000n;
/** A finite allowance: each payment writes it, as it does for buyers who do not approve without limit. */
export const ALLOWANCE = 10n ** 15n;
export const CID = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku';
/** Consents end years after the chain's clock, which starts at 1,800,000,000: the same leaves, and the same gas, in every run. */
const VALID_UNTIL = 1_900_000_000n;

/** The protocol on the measuring chain, and who acts on it. Nobody's address has a zero byte. */
export interface World {
  readonly chain: GasChain;
  readonly contracts: Record<ContractName, Deployed>;
  readonly curator: Wallet;
  readonly relayer: Wallet;
  readonly requester: Wallet;
  readonly signer: Wallet;
  /** Where everything is compared with peers: the same token pays them. */
  readonly token: Deployed;
}

/** A dataset with one offer and one open version of `n` contributors, sold twice before. */
export interface SoldDataset {
  readonly n: number;
  readonly id: string;
  readonly version: number;
  readonly table: CapTable;
  readonly otherRoot: bigint;
  /** The contributor whose claims are measured. */
  readonly account: string;
}

export async function worldOn(chain: GasChain): Promise<World> {
  const [deployer] = await chain.rpc<string[]>('eth_accounts', []);
  const { addresses } = await deployProtocol(await chain.signerOf(deployer!), {
    reviewWindow: 0,
    escrow: { rejectionWindow: 5, reservedDelay: 10, finalDelay: 20, signerDelay: 5 },
  });
  const contracts = Object.fromEntries(
    Object.entries(addresses).map(([name, address]) => [name, chain.at(abis[name as ContractName], address)]),
  ) as Record<ContractName, Deployed>;
  const [curator, relayer, requester, signer] = ['curator', 'relayer', 'requester', 'signer'].map(actor);
  return {
    chain,
    contracts,
    curator: curator!,
    relayer: relayer!,
    requester: requester!,
    signer: signer!,
    token: contracts.TestUSD,
  };
}

/** An account that holds tokens and lets `spender` take them. */
export async function funded(world: World, name: string, spender?: string): Promise<Wallet> {
  const wallet = actor(name);
  await world.token.send(world.relayer.address, 'mint', wallet.address, ALLOWANCE);
  if (spender !== undefined) await world.token.send(wallet.address, 'approve', spender, ALLOWANCE);
  return wallet;
}

/** Terms of a purchase of the newest version. */
export function termsOf(dataset: SoldDataset): Record<string, unknown> {
  return {
    datasetId: dataset.id,
    offerIndex: 0,
    slot: 0,
    version: dataset.version,
    maxPrice: PRICE,
    maxWithdrawnBps: 100,
  };
}

/** A claim of the measured contributor, with its proof or as one that is cached. */
export function claimOf(dataset: SoldDataset, isProven: boolean): Record<string, unknown> {
  const index = dataset.table.leaves.findIndex((leaf) => leaf.account === dataset.account);
  const base = { datasetId: dataset.id, version: dataset.version, leaf: dataset.table.leaves[index] };
  return isProven ? { ...base, index, proof: capTableProof(dataset.table, index) } : { ...base, index: 0, proof: [] };
}

/**
 * Creates, publishes and sells twice. The id has no zero byte, so that calldata costs the same for every dataset.
 * `account` is the contributor whose claims are measured; the others are a crowd.
 */
export async function soldDataset(world: World, name: string, n: number, account: string): Promise<SoldDataset> {
  const { DatasetRegistry, LicenseVault, LabelEscrow } = world.contracts;
  const curator = world.curator.address;
  let salt = word(name);
  let id = await DatasetRegistry.read<string>('datasetIdOf', curator, salt);
  for (let attempt = 0; !isDense(id); attempt++) {
    salt = word(`${name} ${attempt}`);
    id = await DatasetRegistry.read<string>('datasetIdOf', curator, salt);
  }
  await DatasetRegistry.send(
    curator,
    'createDataset',
    {
      schemaHash: word('schema'),
      purposes: 127,
      contributorsBps: 7000,
      floorPrice: 0,
      token: world.token.address,
      sources: [LicenseVault.address, LabelEscrow.address],
      metadataCid: CID,
    },
    salt,
  );
  const offer = { price: PRICE, duration: 30 * 86_400, purposes: 3, seats: 5, termsHash: word('terms') };
  await DatasetRegistry.send(curator, 'createOffer', id, offer);
  const table = capTable(
    Array.from({ length: n }, (_, index) => ({
      role: 0,
      account: index === 0 ? account : member(index),
      weight: BigInt(1_000 + index),
      validUntil: VALID_UNTIL,
      consentNonce: 0,
    })),
  );
  const others = capTable([
    { role: 2, account: curator, weight: 10n, validUntil: 0n, consentNonce: 0 },
    { role: 3, account: world.relayer.address, weight: 5n, validUntil: 0n, consentNonce: 0 },
  ]);
  const dataset = { n, id, version: 1, table, otherRoot: others.root, account };
  await publish(world, dataset);
  const early = await funded(world, 'early licensee', LicenseVault.address);
  for (let sale = 0; sale < 2; sale++) await LicenseVault.send(early.address, 'purchase', termsOf(dataset));
  return dataset;
}

/** Publishes the dataset's tables as a further version and returns the gas. */
export async function publish(world: World, dataset: SoldDataset, parent = 0): Promise<number> {
  const version = { manifestCid: CID, contributorRoot: dataset.table.root, otherRoot: dataset.otherRoot, parent };
  const { gas } = await world.contracts.DatasetRegistry.send(
    world.curator.address,
    'publishVersion',
    dataset.id,
    version,
  );
  return gas;
}

/** Signs a struct of the payment token for a purchase without allowance. */
export function signForToken(
  world: World,
  wallet: Wallet,
  name: string,
  fields: string,
  value: Record<string, unknown>,
): string {
  const types = fields.split(',').map((field) => {
    const [type, label] = field.split(' ');
    return { type: type!, name: label! };
  });
  const domain = {
    name: 'Test USD',
    version: '1',
    chainId: world.chain.chainId,
    verifyingContract: world.token.address,
  };
  return wallet.signingKey.sign(TypedDataEncoder.hash(domain, { [name]: types }, value)).serialized;
}
