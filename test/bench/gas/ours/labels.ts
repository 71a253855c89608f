import { types } from '@allod/protocol';
import { TypedDataEncoder } from 'ethers';
import type { Wallet } from 'ethers';
import { word } from '../chain.ts';
import type { Measurement } from '../report.ts';
import { funded } from '../world.ts';
import type { SoldDataset, World } from '../world.ts';

const ROUND = 100;
const UNIT = 1_000_000n;
/** A time with no zero byte in its five bytes is not needed: it is the same in every voucher. */
const SETTLED_THROUGH = 1_800_000_000;

/** Vouchers of labelers who were paid before on the same day: redeemed alone, and by a relayer in rounds of 100. */
export async function measureVouchers(world: World, dataset: SoldDataset): Promise<Measurement[]> {
  const { LabelEscrow } = world.contracts;
  await world.token.send(world.relayer.address, 'mint', world.requester.address, 10n ** 12n);
  await world.token.send(world.requester.address, 'approve', LabelEscrow.address, 10n ** 12n);
  const salt = word('job');
  const jobId = await LabelEscrow.read<string>('jobIdOf', dataset.id, world.requester.address, salt);
  const params = {
    datasetId: dataset.id,
    salt,
    budget: 10n ** 11n,
    dailyCap: 10n ** 11n,
    quizBudget: 0,
    signer: world.signer.address,
    ruleHash: word('rules'),
  };
  const deadline = (await world.chain.now()) + 86_400;
  const approval = signedBy(world, world.curator, 'JobApproval', {
    jobId,
    datasetId: dataset.id,
    requester: world.requester.address,
    deadline,
  });
  const rows: Measurement[] = [];
  const created = await LabelEscrow.send(world.requester.address, 'createJob', params, deadline, approval);
  rows.push({ op: 'create job', n: 1, gas: created.gas });

  const labelers: string[] = [];
  for (let index = 0; index < ROUND; index++) labelers.push((await funded(world, `labeler ${index}`)).address);
  const round = (amount: bigint) => {
    const vouchers = labelers.map((labeler) => ({
      jobId,
      labeler,
      cumulative: amount,
      settledThrough: SETTLED_THROUGH,
    }));
    return [vouchers, vouchers.map((voucher) => signedBy(world, world.signer, 'Voucher', voucher))] as const;
  };
  const relayed = async (amount: bigint) =>
    (await LabelEscrow.send(world.relayer.address, 'withdrawMany', ...round(amount))).gas / ROUND;

  rows.push({ op: 'voucher, relayed in rounds of 100, first ever', n: ROUND, gas: await relayed(UNIT) });
  rows.push({ op: 'voucher, relayed in rounds of 100', n: ROUND, gas: await relayed(2n * UNIT) });
  const [vouchers, signatures] = round(3n * UNIT);
  const { gas } = await LabelEscrow.send(labelers[0]!, 'withdraw', vouchers[0], signatures[0]);
  rows.push({ op: 'voucher', n: 1, gas });
  return rows;
}

function signedBy(
  world: World,
  wallet: Wallet,
  name: 'JobApproval' | 'Voucher',
  value: Record<string, unknown>,
): string {
  const domain = {
    name: 'Allod',
    version: '1',
    chainId: world.chain.chainId,
    verifyingContract: world.contracts.LabelEscrow.address,
  };
  const fields = types[name].map(({ type, name: label }) => ({ type, name: label }));
  return wallet.signingKey.sign(TypedDataEncoder.hash(domain, { [name]: fields }, value)).serialized;
}
