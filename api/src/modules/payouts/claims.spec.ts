import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { capTable, fileToDag, jsonBytes, Role, verifyCapTableProof } from '@allod/protocol';
import type { CapTable, CapTableLeaf } from '@allod/protocol';
import { Wallet } from 'ethers';
import { ContentStore } from '../../integrations/storage/content-store.port.ts';
import { startApp } from '../../testing/app.ts';
import type { TestApp } from '../../testing/app.ts';
import { createDataset } from '../../testing/dataset.ts';
import type { CuratedDataset } from '../../testing/dataset.ts';

interface Claim {
  version: number;
  role: number;
  account: string;
  weight: string;
  validUntil: string;
  consentNonce: number;
  index: number;
  proof: string[];
  claimed: string;
  due: string;
}

const leafOf = (role: number, account: string, weight: number): CapTableLeaf => ({
  role,
  account,
  weight: BigInt(weight),
  validUntil: role === Role.CONTRIBUTOR ? 2_000_000_000n : 0n,
  consentNonce: role === Role.CONTRIBUTOR ? 3 : 0,
});
const fileLeaf = (leaf: CapTableLeaf) => ({
  ...leaf,
  weight: leaf.weight.toString(),
  validUntil: Number(leaf.validUntil),
});

describe('claims', () => {
  let api: TestApp;
  let dataset: CuratedDataset;
  const accounts = Array.from({ length: 5 }, () => Wallet.createRandom().address);
  const contributor = capTable(accounts.map((account, i) => leafOf(Role.CONTRIBUTOR, account, 10 + i)));
  const other = capTable([leafOf(Role.LABELER, accounts[0]!, 4), leafOf(Role.CURATOR, accounts[1]!, 6)]);

  beforeAll(async () => {
    api = await startApp();
    dataset = await createDataset(api);
    api.chain.readers.set('LicenseVault.leafStateOf', () => Object.assign([0n, 5n, 0n], { paid: 5n }));
    api.chain.readers.set('LicenseVault.dueOf', (_, __, leaf) => BigInt((leaf as unknown[])[2] as bigint) * 2n);
  });
  afterAll(() => api.stop());

  async function put(document: unknown): Promise<string> {
    const { root, leaves, blocks } = fileToDag(jsonBytes(document));
    for (const { cid, bytes } of [...leaves, ...blocks]) await api.app.get(ContentStore).put(cid.toString(), bytes);
    return root.toString();
  }

  async function publish(version: number, file: { contributor: CapTable; other: CapTable }): Promise<void> {
    const cid = await put({
      v: 1,
      type: 'allod/cap-table',
      datasetId: dataset.id,
      version,
      contributor: file.contributor.leaves.map(fileLeaf),
      other: file.other.leaves.map(fileLeaf),
    });
    const manifestCid = await put({ v: 1, type: 'allod/manifest', items: [], capTable: { cid }, version });
    api.chain.mine({
      contract: 'DatasetRegistry',
      name: 'VersionPublished',
      args: {
        datasetId: dataset.id,
        version: String(version),
        manifestCid,
        contributorRoot: contributor.root.toString(),
        otherRoot: other.root.toString(),
        parent: '0',
        opensAt: '2000000000',
      },
    });
    await api.confirm();
    await api.runOutbox();
  }

  const claimsOf = async (account: string): Promise<Claim[]> => {
    const query = `query($account: Address!) { claims(account: $account) {
      version role account weight validUntil consentNonce index proof claimed due } }`;
    const { data, errors } = await api.graphql<{ claims: Claim[] }>(query, { account });
    if (errors) throw new Error(JSON.stringify(errors));
    return data.claims;
  };

  it('prove every leaf against the published roots and sum to both tables', async () => {
    await publish(1, { contributor, other });
    const all = (await Promise.all(accounts.map(claimsOf))).flat();
    expect(all).toHaveLength(7);
    for (const { role, account, weight, validUntil, consentNonce, index, proof } of all) {
      const leaf = { role, account, weight: BigInt(weight), validUntil: BigInt(validUntil), consentNonce };
      const root = role === Role.CONTRIBUTOR ? contributor.root : other.root;
      expect(verifyCapTableProof(root, leaf, index, proof.map(BigInt))).toBe(true);
    }
    const sum = all.reduce((total, { weight }) => total + BigInt(weight), 0n);
    expect(sum).toBe(contributor.total + other.total);
  });

  it('carry what the vault says is paid and due', async () => {
    const [first] = await claimsOf(accounts[2]!);
    expect(first).toMatchObject({ claimed: '5', due: String(2 * Number(first!.weight)) });
    expect(await claimsOf(Wallet.createRandom().address)).toEqual([]);
  });

  it('are not made from a cap table that differs from the chain', async () => {
    const richer = capTable(accounts.map((account, i) => leafOf(Role.CONTRIBUTOR, account, 100 + i)));
    await publish(2, { contributor: richer, other });
    expect((await claimsOf(accounts[0]!)).map(({ version }) => version)).toEqual([1, 1]);
  });

  it('keeps one row per paid claim', async () => {
    const [account, payee] = [accounts[0]!, accounts[3]!];
    const args = { datasetId: dataset.id, version: '1', role: '0', account, payee, amount: '12' };
    api.chain.mine({ contract: 'LicenseVault', name: 'Claimed', args });
    await api.confirm();
    await api.confirm();
    expect(await api.sql('SELECT payee, amount FROM revenue_claim WHERE account = $1', [account])).toEqual([
      { payee, amount: '12' },
    ]);
  });
});
