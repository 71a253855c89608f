import { type CapTableLeaf, Role } from '@allod/protocol';
import { contractAt } from '../chain/contracts.ts';
import { readChain, transact } from '../chain/transact.ts';
import { readVersion } from '../chain/versions.ts';
import { type ClientContext, refOf, walletOf } from '../context.ts';
import { fetchCapTables, fetchManifest, leavesOfAccount } from '../content/manifest.ts';
import type { SeedMissingError, SignerMissingError } from '../errors/account.ts';
import type { UntrustedAnswerError } from '../errors/api.ts';
import { AllodError } from '../errors/base.ts';
import type { ChainError, ContractRefusedError } from '../errors/chain.ts';
import type { BlockUnavailableError, ContentError } from '../errors/content.ts';

export interface GetClaimParameters {
  datasetId: string;
  /** Default every published version. */
  version?: number;
  /** Default the contributorRef of the client's seed, without a seed the wallet. */
  account?: string;
}

/** One leaf of an account in a version's cap table, with its checked proof and what the vault owes it. */
export interface Claim {
  datasetId: string;
  version: number;
  leaf: CapTableLeaf;
  index: number;
  proof: bigint[];
  /** Share of its tree: weight of total weight. */
  totalWeight: bigint;
  /** Token base units that a claim would pay now. */
  due: bigint;
  /** Token base units that were paid before. */
  paid: bigint;
}

export type GetClaimReturnType = Claim[];
export type GetClaimErrorType =
  | SeedMissingError
  | SignerMissingError
  | UntrustedAnswerError
  | BlockUnavailableError
  | ContentError
  | ChainError
  | AllodError;

export interface ClaimReturnType {
  txHash: string;
  gasUsed: bigint;
  /** Token base units that reached payees. */
  paid: bigint;
  paidTo: { account: string; payee: string; version: number; role: number; amount: bigint }[];
  /** Leaves whose payee could not be paid; they stay claimable. */
  skipped: { account: string; payee: string; version: number; role: number; amount: bigint }[];
}

export type ClaimErrorType = GetClaimErrorType | ContractRefusedError;

/**
 * What an account may claim from a dataset's revenue. The cap table comes by CID from any gateway and must lead to the roots on
 * chain; the API is not asked. An account that is missing has an empty result.
 *
 * @throws `UNKNOWN_VERSION`, `UNTRUSTED_ANSWER` when a table does not lead to its roots, `BLOCK_UNAVAILABLE`
 * @example
 * const due = (await client.getClaim({ datasetId })).reduce((sum, claim) => sum + claim.due, 0n);
 */
export async function getClaim(client: ClientContext, parameters: GetClaimParameters): Promise<GetClaimReturnType> {
  const { datasetId } = parameters;
  const account =
    parameters.account ??
    (client.seed || client.contributor ? refOf(client, datasetId) : await walletOf(client)).address;
  const claims: Claim[] = [];
  for (const version of parameters.version === undefined
    ? await publishedVersions(client, datasetId)
    : [parameters.version]) {
    const { manifestCid, ...roots } = await readVersion(client, datasetId, version);
    const manifest = await fetchManifest(client, manifestCid, { datasetId, version });
    const tables = await fetchCapTables(client, manifest.capTable.cid, roots);
    for (const found of leavesOfAccount(tables, account)) {
      const { total } = found.leaf.role === Role.CONTRIBUTOR ? tables.contributor : tables.other;
      claims.push({
        datasetId,
        version,
        ...found,
        totalWeight: total,
        ...(await owed(client, datasetId, version, found.leaf)),
      });
    }
  }
  return claims;
}

async function publishedVersions(client: ClientContext, datasetId: string): Promise<number[]> {
  const registry = contractAt(client.chain, 'DatasetRegistry');
  const latest = Number(await readChain<bigint>(() => registry.getFunction('latestVersion')(datasetId)));
  return Array.from({ length: latest }, (_, i) => i + 1);
}

async function owed(
  client: ClientContext,
  datasetId: string,
  version: number,
  leaf: CapTableLeaf,
): Promise<{ due: bigint; paid: bigint }> {
  const vault = contractAt(client.chain, 'LicenseVault');
  const [due, state] = await readChain(() =>
    Promise.all([
      vault.getFunction('dueOf')(datasetId, version, leaf),
      vault.getFunction('leafStateOf')(datasetId, version, leaf),
    ]),
  );
  return { due, paid: state.paid };
}

/**
 * Claims everything that is due to an account, paid to its payee. Anyone may send it: the wallet, else the contributorRef itself.
 *
 * @throws `NOTHING_DUE`; the contract's error name
 * @example
 * const { paid } = await client.claim({ datasetId });
 */
export async function claim(client: ClientContext, parameters: GetClaimParameters): Promise<ClaimReturnType> {
  const claims = (await getClaim(client, parameters)).filter(({ due }) => due > 0n);
  if (claims.length === 0) throw new AllodError('NOTHING_DUE', 'there is nothing to claim', { details: parameters });
  const sender = client.signer ? await walletOf(client) : refOf(client, parameters.datasetId);
  const vault = contractAt(client.chain, 'LicenseVault', sender.signer);
  const call = claims.map(({ datasetId, version, leaf, index, proof }) => ({ datasetId, version, leaf, index, proof }));
  const { txHash, gasUsed, receipt } = await transact(vault, 'claim', call);
  const paidTo: ClaimReturnType['paidTo'] = [];
  const skipped: ClaimReturnType['skipped'] = [];
  for (const log of receipt.logs) {
    const event =
      log.address.toLowerCase() === String(vault.target).toLowerCase() ? vault.interface.parseLog(log) : null;
    if (event?.name !== 'Claimed' && event?.name !== 'ClaimSkipped') continue;
    const { account, payee, version, role, amount } = event.args.toObject();
    const entry = {
      account: String(account),
      payee: String(payee),
      version: Number(version),
      role: Number(role),
      amount: BigInt(amount),
    };
    (event.name === 'Claimed' ? paidTo : skipped).push(entry);
  }
  return { txHash, gasUsed, paid: paidTo.reduce((sum, entry) => sum + entry.amount, 0n), paidTo, skipped };
}
