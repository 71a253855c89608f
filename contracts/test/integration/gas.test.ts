import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { capTable, capTableProof } from '@allod/protocol';
import type { CapTable, CapTableLeaf } from '@allod/protocol';
import { expect } from 'chai';
import type { Contract, ContractTransactionResponse, Signer } from 'ethers';
import { network } from 'hardhat';
import { contractAt, deployProtocol } from '../../deploy/index.ts';
import type { Deployment } from '../../deploy/index.ts';
import { regressionsOf } from './gas-snapshot.ts';

const { ethers } = await network.create();

const snapshotUrl = new URL('../../snapshots/gas.json', import.meta.url);
const isUpdate = process.env['UPDATE_SNAPSHOTS'] === '1';
const price = 100_000_000n;
const year = 31_536_000;

/** Leaves of `count` contributors, the last of them `last`. */
function contributors(count: number, last: string, validUntil: bigint): CapTableLeaf[] {
  return Array.from({ length: count }, (_, index) => ({
    role: 0,
    account: index === count - 1 ? last : ethers.getAddress(ethers.toBeHex(0x10_000 + index, 20)),
    weight: BigInt(1000 + index),
    validUntil,
    consentNonce: 0,
  }));
}

describe('gas of the main calls', () => {
  const measured: Record<string, number> = {};
  let deployment: Deployment;
  let signers: Awaited<ReturnType<typeof ethers.getSigners>>;
  const tables = new Map<string, CapTable>();

  const contract = (name: keyof Deployment['addresses'], runner: Signer): Contract =>
    contractAt(name, deployment.addresses[name], runner);

  const measure = async (name: string, sent: Promise<ContractTransactionResponse>): Promise<void> => {
    const receipt = await (await sent).wait();
    measured[name] = Number(receipt!.gasUsed);
  };

  const datasetOf = async (count: number): Promise<string> =>
    contract('DatasetRegistry', signers[1]!).getFunction('datasetIdOf')(
      signers[1]!.address,
      ethers.id(`dataset of ${count}`),
    );

  const publishAgain = async (datasetId: string, table: CapTable, otherRoot: bigint, parent: number): Promise<void> => {
    const version = { manifestCid: 'bafkreihdwdcefgh4dq', contributorRoot: table.root, otherRoot, parent };
    await (await contract('DatasetRegistry', signers[1]!).getFunction('publishVersion')(datasetId, version)).wait();
  };

  const signTyped = async (
    signer: Signer,
    verifyingContract: string,
    types: Record<string, { type: string; name: string }[]>,
    value: Record<string, unknown>,
    name = 'Allod',
  ): Promise<string> => signer.signTypedData({ name, version: '1', chainId: 31337, verifyingContract }, types, value);

  const fields = (spec: string): { type: string; name: string }[] =>
    spec.split(',').map((field) => {
      const [type, name] = field.split(' ');
      return { type: type!, name: name! };
    });

  before(async () => {
    signers = await ethers.getSigners();
    deployment = await deployProtocol(signers[0]!, { reviewWindow: 0 });
  });

  after(() => {
    console.table(measured);
    if (!isUpdate) return;
    mkdirSync(new URL('.', snapshotUrl), { recursive: true });
    writeFileSync(snapshotUrl, `${JSON.stringify(measured, null, 2)}\n`);
  });

  it('sells and claims at a cost that does not depend on the number of contributors', async () => {
    const [, curator, licensee, contributor, relayer] = signers;
    const registry = contract('DatasetRegistry', curator!);
    const usd = contract('TestUSD', licensee!);
    const vault = contract('LicenseVault', licensee!);
    const latest = await ethers.provider.getBlock('latest');
    const validUntil = BigInt(latest!.timestamp + year);
    const others = capTable([
      { role: 2, account: curator!.address, weight: 10n, validUntil: 0n, consentNonce: 0 },
      { role: 3, account: signers[0]!.address, weight: 5n, validUntil: 0n, consentNonce: 0 },
    ]);
    await (await usd.getFunction('mint')(licensee!.address, 1_000n * price)).wait();
    await (await usd.getFunction('approve')(deployment.addresses.LicenseVault, ethers.MaxUint256)).wait();

    for (const count of [10, 1000]) {
      const salt = ethers.id(`dataset of ${count}`);
      await measure(
        'createDataset',
        registry.getFunction('createDataset')(
          {
            schemaHash: ethers.id('schema'),
            purposes: 127,
            contributorsBps: 7000,
            floorPrice: 0,
            token: deployment.addresses.TestUSD,
            sources: [deployment.addresses.LicenseVault, deployment.addresses.LabelEscrow],
            metadataCid: 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku',
          },
          salt,
        ),
      );
      const datasetId: string = await registry.getFunction('datasetIdOf')(curator!.address, salt);
      await measure(
        'createOffer',
        registry.getFunction('createOffer')(datasetId, {
          price,
          duration: 30 * 86_400,
          purposes: 3,
          seats: 5,
          termsHash: ethers.id('terms'),
        }),
      );
      const table: CapTable = capTable(contributors(count, contributor!.address, validUntil));
      tables.set(datasetId, table);
      await measure(
        `publishVersion of ${count}`,
        registry.getFunction('publishVersion')(datasetId, {
          manifestCid: 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku',
          contributorRoot: table.root,
          otherRoot: others.root,
          parent: 0,
        }),
      );

      const terms = { datasetId, offerIndex: 0, slot: 0, version: 1, maxPrice: price, maxWithdrawnBps: 0 };
      await measure(`purchase of ${count}, first of the version`, vault.getFunction('purchase')(terms));
      await measure(`purchase of ${count}, new slot`, vault.getFunction('purchase')({ ...terms, slot: 1 }));
      await measure(`purchase of ${count}, renewal`, vault.getFunction('purchase')(terms));

      const index = table.leaves.findIndex(({ account }) => account === contributor!.address);
      const claim = {
        datasetId,
        version: 1,
        leaf: table.leaves[index],
        index,
        proof: capTableProof(table, index),
      };
      const balanceBefore: bigint = await usd.getFunction('balanceOf')(contributor!.address);
      const claiming = contract('LicenseVault', relayer!).getFunction('claim');
      await measure(`claim of ${count}, first with proof`, claiming([claim]));
      await (await vault.getFunction('purchase')(terms)).wait();
      await measure(`claim of ${count}, cached`, claiming([{ ...claim, index: 0, proof: [] }]));
      const received: bigint = (await usd.getFunction('balanceOf')(contributor!.address)) - balanceBefore;
      const share = (4n * ((price * 7n) / 10n) * claim.leaf!.weight) / table.total;
      expect(received === share || received === share - 1n, `${received} of ${share}`).to.equal(true);
    }
    expect(measured['purchase of 1000, renewal']).to.equal(measured['purchase of 10, renewal']);
    expect(measured['claim of 1000, cached']).to.be.closeTo(measured['claim of 10, cached']!, 100);
  });

  it('claims ten versions at once', async () => {
    const [, curator, licensee, contributor, relayer] = signers;
    const registry = contract('DatasetRegistry', curator!);
    const vault = contract('LicenseVault', licensee!);
    const datasetId = await datasetOf(10);
    const table = tables.get(datasetId)!;
    const { otherRoot } = await registry.getFunction('getVersion')(datasetId, 1);
    const versions = Array.from({ length: 10 }, (_, index) => index + 1);
    for (const version of versions.slice(1)) await publishAgain(datasetId, table, otherRoot, version - 1);
    const buyAll = async (slot: number) => {
      for (const version of versions) {
        const terms = { datasetId, offerIndex: 0, slot, version, maxPrice: price, maxWithdrawnBps: 0 };
        await (await vault.getFunction('purchase')(terms)).wait();
      }
    };
    const index = table.leaves.findIndex(({ account }) => account === contributor!.address);
    const proven = { leaf: table.leaves[index], index, proof: capTableProof(table, index) };
    const claiming = contract('LicenseVault', relayer!).getFunction('claim');
    await buyAll(2);
    await (await claiming(versions.map((version) => ({ datasetId, version, ...proven })))).wait();
    await buyAll(3);
    await measure(
      'claim of ten versions, cached',
      claiming(versions.map((version) => ({ datasetId, version, leaf: proven.leaf, index: 0, proof: [] }))),
    );
  });

  it('caps a leaf after its contributor has withdrawn', async () => {
    const [, curator, , contributor, relayer] = signers;
    const datasetId = await datasetOf(1000);
    const table = tables.get(datasetId)!;
    const { otherRoot } = await contract('DatasetRegistry', curator!).getFunction('getVersion')(datasetId, 1);
    await publishAgain(datasetId, table, otherRoot, 1);
    await (await contract('ConsentRegistry', contributor!).getFunction('withdraw')(datasetId)).wait();
    const index = table.leaves.findIndex(({ account }) => account === contributor!.address);
    const leaf = table.leaves[index];
    const capping = contract('LicenseVault', relayer!).getFunction('capLeaf');
    await measure('capLeaf of 1000, claimed before', capping(datasetId, 1, leaf, 0, []));
    await measure('capLeaf of 1000, with proof', capping(datasetId, 2, leaf, index, capTableProof(table, index)));
  });

  it('answers keepers', async () => {
    const [, , licensee, , relayer] = signers;
    const datasetId = await datasetOf(1000);
    const policy = contract('AccessPolicy', relayer!);
    const entries = tables
      .get(datasetId)!
      .leaves.filter(({ account }) => account !== signers[3]!.address)
      .slice(0, 11)
      .map(({ account, validUntil }) => [1, account, 0, 127, validUntil, 2]);
    const ask = async (method: string, args: unknown[]): Promise<ContractTransactionResponse> => {
      expect(String(await policy.getFunction(method)(...args))).to.match(/^true(,true)*$/);
      const data = policy.interface.encodeFunctionData(method, args);
      const sent = await relayer!.sendTransaction({ to: await policy.getAddress(), data });
      return sent as unknown as ContractTransactionResponse;
    };
    const [version, ...terms] = entries[0]!;
    await measure('canDecrypt', ask('canDecrypt', [licensee!.address, datasetId, version, ...terms]));
    await measure('canDecryptMany of 1', ask('canDecryptMany', [licensee!.address, datasetId, entries.slice(0, 1)]));
    await measure('canDecryptMany of 11', ask('canDecryptMany', [licensee!.address, datasetId, entries]));
  });

  it('sells without an allowance, by permit and by authorization', async () => {
    const [, , , , relayer, buyer] = signers;
    const vault = contract('LicenseVault', relayer!);
    const usd = contract('TestUSD', relayer!);
    const { LicenseVault, TestUSD } = deployment.addresses;
    const datasetId = await datasetOf(10);
    await (await usd.getFunction('mint')(buyer!.address, 10n * price)).wait();
    const terms = { datasetId, offerIndex: 0, slot: 0, version: 1, maxPrice: price, maxWithdrawnBps: 0 };

    const permit = ethers.Signature.from(
      await signTyped(
        buyer!,
        TestUSD,
        { Permit: fields('address owner,address spender,uint256 value,uint256 nonce,uint256 deadline') },
        { owner: buyer!.address, spender: LicenseVault, value: price, nonce: 0, deadline: ethers.MaxUint256 },
        'Test USD',
      ),
    );
    await measure(
      'purchaseWithPermit, new slot',
      contract('LicenseVault', buyer!).getFunction('purchaseWithPermit')(
        terms,
        ethers.MaxUint256,
        permit.v,
        permit.r,
        permit.s,
      ),
    );

    const salt = ethers.id('salt');
    const authorized = { ...terms, slot: 1 };
    const nonce: string = await vault.getFunction('purchaseNonceOf')(authorized, buyer!.address, salt);
    const validBefore = 2n ** 40n;
    const signature = await signTyped(
      buyer!,
      TestUSD,
      {
        ReceiveWithAuthorization: fields(
          'address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce',
        ),
      },
      { from: buyer!.address, to: LicenseVault, value: price, validAfter: 0, validBefore, nonce },
      'Test USD',
    );
    await measure(
      'purchaseWithAuthorization, new slot',
      vault.getFunction('purchaseWithAuthorization')(authorized, buyer!.address, 0, validBefore, salt, signature),
    );
    const { expiry } = await vault.getFunction('getLicense')(buyer!.address, datasetId, 1);
    expect(Number(expiry)).to.be.greaterThan(0);
  });

  it('anchors, withdraws consent and pays labelers', async () => {
    const [, curator, , labeler, relayer] = signers;
    const { LabelEscrow } = deployment.addresses;
    const registry = contract('ContributionRegistry', relayer!);
    await measure('anchor', registry.getFunction('anchor')(ethers.id('batch'), 1000));
    const roots = Array.from({ length: 10 }, (_, index) => ethers.id(`batch ${index}`));
    await measure('anchorMany of 10', registry.getFunction('anchorMany')(roots, Array(10).fill(1000)));
    await measure('withdraw consent', contract('ConsentRegistry', relayer!).getFunction('withdraw')(ethers.id('any')));

    const datasetId = await datasetOf(10);
    const usd = contract('TestUSD', curator!);
    const escrow = contract('LabelEscrow', curator!);
    await (await usd.getFunction('mint')(curator!.address, 10n * price)).wait();
    await (await usd.getFunction('approve')(LabelEscrow, ethers.MaxUint256)).wait();
    const salt = ethers.id('job');
    await measure(
      'createJob',
      escrow.getFunction('createJob')(
        {
          datasetId,
          salt,
          budget: price,
          dailyCap: price,
          quizBudget: 0,
          signer: relayer!.address,
          ruleHash: ethers.id('rules'),
        },
        0,
        '0x',
      ),
    );
    const jobId: string = await escrow.getFunction('jobIdOf')(datasetId, curator!.address, salt);
    await measure(
      'qualify 5 labelers',
      contract('LabelEscrow', relayer!).getFunction('qualify')(
        jobId,
        signers.slice(6, 11).map(({ address }) => address),
      ),
    );
    const voucherOf = async (account: string, cumulative: bigint) => {
      const voucher = { jobId, labeler: account, cumulative, settledThrough: 1 };
      const types = { Voucher: fields('bytes32 jobId,address labeler,uint128 cumulative,uint40 settledThrough') };
      return [voucher, await signTyped(relayer!, LabelEscrow, types, voucher)] as const;
    };
    const withdraw = escrow.getFunction('withdraw');
    await measure('voucher, first of the day', withdraw(...(await voucherOf(labeler!.address, 1_000_000n))));
    await measure('voucher, next', withdraw(...(await voucherOf(labeler!.address, 2_000_000n))));

    const crowd = Array.from({ length: 100 }, (_, index) => ethers.getAddress(ethers.toBeHex(0x20_000 + index, 20)));
    for (const [name, amount] of [
      ['first', 10_000n],
      ['next', 20_000n],
    ] as const) {
      const signed = await Promise.all(crowd.map((account) => voucherOf(account, amount)));
      const [vouchers, signatures] = [signed.map(([voucher]) => voucher), signed.map(([, signature]) => signature)];
      const settled = escrow.getFunction('withdrawMany')(vouchers, signatures);
      await measure(`vouchers of 100 labelers, ${name} round`, settled);
    }
    expect(await usd.getFunction('balanceOf')(crowd[99])).to.equal(20_000n);
  });

  it('costs no more than the committed snapshot', () => {
    if (isUpdate) return;
    expect(existsSync(snapshotUrl), 'run UPDATE_SNAPSHOTS=1 npm run test:integration').to.equal(true);
    const snapshot = JSON.parse(readFileSync(snapshotUrl, 'utf8')) as Record<string, number>;
    expect(regressionsOf(measured, snapshot)).to.deep.equal([]);
  });
});

describe('the gas snapshot', () => {
  it('accepts up to 2 % more and any saving', () => {
    expect(regressionsOf({ claim: 51_000, purchase: 1 }, { claim: 50_000, purchase: 90_000 })).to.deep.equal([]);
  });

  it('refuses more than 2 %, a call without a figure and a figure without a call', () => {
    expect(regressionsOf({ claim: 51_001, renewal: 1 }, { claim: 50_000, purchase: 2 })).to.deep.equal([
      'claim costs 51001, not 50000: 2.0 % more',
      'purchase was not measured',
      'renewal is in no snapshot',
    ]);
  });
});
