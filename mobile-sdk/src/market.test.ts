import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { abis } from '@allod/contracts';
import { deployProtocol } from '@allod/contracts/deploy';
import { conditionOf, jobId as deriveJobId, purposesOf, type SealedKeyRecord, signStruct, tag } from '@allod/protocol';
import { Contract } from 'ethers';
import type { Client } from './client.ts';
import type { OpenedItem } from './actions/openDataset.ts';
import { type Anvil, startAnvil } from './testing/anvil.ts';
import { CHAIN_ID } from './testing/fakeChain.ts';
import { FakeJob } from './testing/fakeJob.ts';
import { freeze, store } from './testing/fakeVersion.ts';
import { createWorld, FAR_AWAY, seedOf, TERMS_HASH, walletOf, type World } from './testing/fixtures.ts';

const item = (text: string): { bytes: Uint8Array; mediaType: string } => ({
  bytes: new TextEncoder().encode(text),
  mediaType: 'text/plain',
});
const read = (result: OpenedItem): string => (result.ok ? new TextDecoder().decode(result.bytes) : result.error.code);
const PRICE = 30_000_000n;
const DURATION = 30 * 86_400;

const SHORT = { rejectionWindow: 2, reservedDelay: 10, finalDelay: 20, signerDelay: 5 };
const NOTES = {
  name: 'Notes',
  description: 'Short notes',
  mediaType: 'text/plain',
  schema: { type: 'string' },
  contributorsBps: 7000,
  floorPrice: 1_000_000n,
};
const JOB_TEXTS = {
  title: 'Digits',
  instructions: 'Which digit?',
  labels: ['7', '8'],
  price: '40',
  budget: '1000',
  paid: '0',
  reserved: '0',
  overlapMin: 1,
  overlapMax: 1,
  taskCount: 2,
  resolvedCount: 0,
  quizSize: 0,
  secondsPerTask: 5,
  hourlyPay: '1',
  wageFloor: '0',
  wageReserve: '0',
  wageGranted: '0',
  adjudicationPrice: '120',
  adjudicators: [],
};

/** Keepers that ask the real AccessPolicy. */
function asChainSays(anvil: Anvil, accessPolicy: string) {
  const policy = new Contract(accessPolicy, abis.AccessPolicy, anvil.provider);
  return async (account: string, record: SealedKeyRecord): Promise<boolean> => {
    const { functionName, functionParams } = conditionOf(record);
    return policy.getFunction(functionName)(
      ...functionParams.map((value) => (value === ':userAddress' ? account : value)),
    );
  };
}

/** The real contracts on a real chain; only API and keepers are in memory, and these keepers ask the real AccessPolicy. */
describe('licensing on chain', () => {
  let anvil: Anvil;
  let world: World;
  let token: Contract;
  let curator: Client;
  let licensee: Client;
  let contributors: Client[];
  let datasetId: string;

  beforeAll(async () => {
    anvil = await startAnvil();
    const { addresses } = await deployProtocol(anvil.signer(0), { reviewWindow: 1 });
    world = createWorld(asChainSays(anvil, addresses.AccessPolicy), { provider: anvil.provider, contracts: addresses });
    token = new Contract(addresses.TestUSD, abis.TestUSD, anvil.signer(0));
    curator = world.client({ signer: anvil.signer(1) });
    licensee = world.client({ signer: anvil.signer(2) });
    for (const n of [2, 3])
      await (await token.getFunction('mint')(await anvil.signer(n).getAddress(), 1_000_000_000n)).wait();

    const purposes = purposesOf('TRAIN', 'EVALUATE');
    const created = await curator.createDataset({ ...NOTES, purposes, waitForApi: false });
    datasetId = world.datasetId = created.datasetId;
    for (const licensed of [purposesOf('TRAIN'), purposesOf('EVALUATE')]) {
      await curator.createOffer({
        datasetId,
        price: PRICE,
        duration: DURATION,
        purposes: licensed,
        seats: 2,
        termsHash: TERMS_HASH,
      });
    }
    contributors = [1, 2].map((n) => world.client({ seed: seedOf(n), signer: anvil.signer(7 + n) }));
    for (const [i, client] of contributors.entries()) {
      await client.grantConsent({ datasetId, purposes, validUntil: FAR_AWAY, termsHash: TERMS_HASH });
      await client.contribute({ datasetId, items: [item(`note ${i}`)] });
    }
    const { version } = await curator.publishVersion({ datasetId, draft: store(world, freeze(world)) });
    await anvil.mineIn(1.5);
    await curator.waitForVersion({ datasetId, version, timeout: 5000 });
  });
  afterAll(() => anvil?.stop());

  const openAll = async (client: Client): Promise<string[]> => {
    const results: string[] = [];
    for await (const result of await client.openDataset({ datasetId })) results.push(read(result));
    return results;
  };

  it('keeps a dataset as the chain has it', async () => {
    await expect(curator.openDataset({ datasetId: tag('no such dataset') })).rejects.toMatchObject({
      code: 'UNKNOWN_VERSION',
    });
    await expect(
      contributors[0]!.grantConsent({
        datasetId: tag('no such'),
        purposes: 1,
        validUntil: FAR_AWAY,
        termsHash: TERMS_HASH,
      }),
    ).rejects.toMatchObject({ code: 'UNKNOWN_DATASET' });
  });

  it('opens nothing before and everything after a purchase by permit', async () => {
    expect(await openAll(licensee)).toEqual(['NOT_AUTHORIZED', 'NOT_AUTHORIZED']);
    const license = await licensee.purchaseLicense({ datasetId, offerIndex: 0 });
    expect(license).toMatchObject({ slot: 0, version: 1, price: PRICE });
    expect(await openAll(licensee)).toEqual(['note 0', 'note 1']);
  });

  it('renews into the same slot by approval and takes the next slot for another offer', async () => {
    const renewed = await licensee.purchaseLicense({ datasetId, offerIndex: 0, payment: 'approve' });
    expect(renewed.slot).toBe(0);
    expect(renewed.expiry).toBeGreaterThan(Date.now() / 1000 + DURATION);
    expect((await licensee.purchaseLicense({ datasetId, offerIndex: 1 })).slot).toBe(1);
  });

  it('buys by EIP-3009 with the gas of a relayer', async () => {
    const other = world.client({ signer: anvil.signer(3) });
    const license = await other.purchaseLicense({
      datasetId,
      offerIndex: 0,
      payment: 'authorization',
      relayer: anvil.signer(4),
    });
    expect(license.licensee).toBe(await anvil.signer(3).getAddress());
    expect(await openAll(other)).toEqual(['note 0', 'note 1']);
  });

  it('says why a purchase cannot be', async () => {
    await expect(licensee.purchaseLicense({ datasetId, offerIndex: 0, maxPrice: 1n })).rejects.toMatchObject({
      code: 'PRICE_TOO_HIGH',
    });
    await expect(licensee.purchaseLicense({ datasetId, offerIndex: 0, version: 9 })).rejects.toMatchObject({
      code: 'DatasetRegistryUnknownVersion',
    });
    const poor = world.client({ signer: anvil.signer(5) });
    await expect(poor.purchaseLicense({ datasetId, offerIndex: 0 })).rejects.toMatchObject({
      name: 'ContractRefusedError',
      code: 'ERC20InsufficientBalance',
    });
  });

  it('pays contributors and curator their shares to the payees they named', async () => {
    const payee = await anvil.signer(6).getAddress();
    expect(await contributors[0]!.setPayee({ datasetId, payee })).toMatchObject({ effective: true });
    const before = (await token.getFunction('balanceOf')(payee)) as bigint;
    const claims = await contributors[0]!.getClaim({ datasetId });
    expect(claims).toHaveLength(1);
    const { paid, paidTo, skipped } = await contributors[0]!.claim({ datasetId });
    expect(paid).toBe(claims[0]!.due);
    expect(paidTo).toMatchObject([{ account: contributors[0]!.contributorRef(datasetId), payee, version: 1, role: 0 }]);
    expect(skipped).toEqual([]);
    expect(await token.getFunction('balanceOf')(payee)).toBe(before + paid);

    const second = await contributors[1]!.claim({ datasetId });
    const curated = await curator.claim({ datasetId, account: '0x00000000000000000000000000000000000000cc' });
    const sold = 4n * PRICE;
    const dust = sold - paid - second.paid - curated.paid;
    expect(dust).toBeGreaterThanOrEqual(0n);
    expect(dust).toBeLessThan(10n);
    expect(paid + second.paid).toBeLessThanOrEqual((sold * 7000n) / 10_000n);
    await expect(contributors[0]!.claim({ datasetId })).rejects.toMatchObject({ code: 'NOTHING_DUE' });
  });

  it('closes the keys of a contributor who withdraws without the API', async () => {
    const { txHash, consentNonce } = await contributors[0]!.withdrawConsent({ datasetId, via: 'direct' });
    expect(txHash).toMatch(/^0x/);
    expect(consentNonce).toBe(0);
    expect(await openAll(licensee)).toEqual(['NOT_AUTHORIZED', 'note 1']);
    const own: string[] = [];
    for await (const result of await contributors[0]!.exportContributions({ datasetId })) own.push(read(result));
    expect(own).toEqual(['note 0']);
    await expect(contributors[0]!.contribute({ datasetId, items: [item('x')] })).rejects.toMatchObject({
      code: 'CONSENT_MISSING',
    });
  });
});

/** A funded job on the real escrow; the operator is in memory and signs what the test wants. */
describe('labeling on chain', () => {
  const operator = walletOf(400);
  const rule = tag('the rule of the job');
  let anvil: Anvil;
  let world: World;
  let labeler: Client;
  let labelerAddress: string;
  let jobId: string;
  let escrow: Contract;

  beforeAll(async () => {
    anvil = await startAnvil();
    const { addresses } = await deployProtocol(anvil.signer(0), { escrow: SHORT });
    world = createWorld(asChainSays(anvil, addresses.AccessPolicy), { provider: anvil.provider, contracts: addresses });
    const curator = world.client({ signer: anvil.signer(1) });
    const { datasetId } = await curator.createDataset({
      ...NOTES,
      purposes: purposesOf('TRAIN', 'LABEL'),
      waitForApi: false,
    });
    world.datasetId = datasetId;
    const contributor = world.client({ seed: seedOf(1) });
    const purposes = purposesOf('TRAIN', 'LABEL');
    await contributor.grantConsent({ datasetId, purposes, validUntil: FAR_AWAY, termsHash: TERMS_HASH });
    await contributor.contribute({ datasetId, items: [item('seven'), item('eight')] });

    const requester = world.client({ signer: anvil.signer(2) });
    const address = await anvil.signer(2).getAddress();
    await (
      await new Contract(addresses.TestUSD, abis.TestUSD, anvil.signer(0)).getFunction('mint')(address, 1000n)
    ).wait();
    const salt = tag('salt of the job');
    jobId = deriveJobId({ chainId: CHAIN_ID, labelEscrow: addresses.LabelEscrow, datasetId, requester: address, salt });
    const job = { id: jobId, datasetId, requester: address, signer: operator.address, ruleHash: rule, state: 'DRAFT' };
    world.api.resolvers['labelingJob'] = () => ({ ...JOB_TEXTS, ...job });
    world.api.resolvers['labelingJobApprove'] = () => ({ __typename: 'LabelingJob', ...JOB_TEXTS, ...job });
    const approval = await curator.approveJob({ jobId });
    const draft = { job: job as never, salt, budget: 1000n, dailyCap: 1000n, quizBudget: 0n };
    await requester.fundJob({ draft, approval, waitForApi: false });

    labelerAddress = await anvil.signer(3).getAddress();
    labeler = world.client({ signer: anvil.signer(3) });
    const gas = await anvil.signer(0).sendTransaction({ to: operator.address, value: 10n ** 18n });
    await gas.wait();
    escrow = new Contract(addresses.LabelEscrow, abis.LabelEscrow, operator.connect(anvil.provider));
    const autoApproveAt = Math.floor(Date.now() / 1000) - 5;
    new FakeJob(world, { jobId, ruleHash: rule, labeler: labelerAddress, signer: operator, autoApproveAt });
  });
  afterAll(() => anvil?.stop());

  it('gets keys from the moment the escrow lists the labeler', async () => {
    await expect(labeler.acceptAssignment({ jobId })).rejects.toMatchObject({
      code: 'NOT_AUTHORIZED',
      details: { assignmentId: 'assignment-0' },
    });
    await (await escrow.getFunction('qualify')(jobId, [labelerAddress])).wait();
    const { bytes } = await labeler.acceptAssignment({ jobId });
    expect(new TextDecoder().decode(bytes)).toBe('eight');
    expect(await labeler.getEscrow({ jobId })).toMatchObject({ budget: 1000n, paid: 0n, signer: operator.address });
  });

  it('is paid by voucher, and by claim when the operator stays silent', async () => {
    new FakeJob(world, {
      jobId,
      ruleHash: rule,
      labeler: labelerAddress,
      signer: operator,
      autoApproveAt: Math.floor(Date.now() / 1000) - 5,
    });
    const { assignment } = await labeler.acceptAssignment({ jobId });
    await expect(labeler.claimLease({ assignment })).rejects.toMatchObject({ code: 'NO_RECEIPT' });
    await labeler.submitAnnotation({ assignment, value: '7' });
    const { leaseHash, price } = await labeler.claimLease({ assignment });
    expect(price).toBe(40n);
    await expect(labeler.finalizeLease({ leaseHash })).rejects.toMatchObject({ code: 'LabelEscrowTooEarly' });
    await anvil.mineIn(2.5);
    expect(await labeler.finalizeLease({ leaseHash })).toMatchObject({ amount: 40n });

    const voucher = { jobId, labeler: labelerAddress, cumulative: 140n, settledThrough: 1 };
    const signature = await signStruct(operator, 'Voucher', voucher, CHAIN_ID, world.contracts);
    const money = { earned: '140', pending: '0', withdrawn: '40', withdrawable: '100' };
    const offered = { ...voucher, cumulative: '140', signer: operator.address, signature };
    world.api.resolvers['earnings'] = () => [{ jobId, ...money, outcomes: [], voucher: offered }];
    expect(await labeler.withdrawEarnings({ jobId })).toMatchObject({ amount: 100n, cumulative: 140n });
    await expect(labeler.withdrawEarnings({ jobId })).rejects.toMatchObject({ code: 'NOTHING_DUE' });
    expect(await labeler.getEscrow({ jobId })).toMatchObject({ paid: 140n });
  });
});
