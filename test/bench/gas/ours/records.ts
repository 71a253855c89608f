import { word } from '../chain.ts';
import { TransactionFailed } from '../chain.ts';
import type { Measurement } from '../report.ts';
import type { SoldDataset, World } from '../world.ts';
import { funded } from '../world.ts';

const ENTRIES = 101;

/** Anchoring a batch of each size; the figure per item is the batch's divided by its size. */
export async function measureAnchors(world: World, sizes: readonly number[]): Promise<Measurement[]> {
  const rows: Measurement[] = [];
  for (const n of sizes) {
    const sent = world.contracts.ContributionRegistry.send(world.relayer.address, 'anchor', word(`batch of ${n}`), n);
    const { gas } = await sent.catch((error: Error) => {
      throw new TransactionFailed(`anchor of ${n} items: ${error.message}`);
    });
    rows.push({ op: 'anchor, per batch', n, gas });
    if (n === 1_000) rows.push({ op: 'anchor, per item of 1,000', n, gas: gas / n });
  }
  return rows;
}

/** A withdrawal from a dataset: the first raises a zero nonce, later ones a nonzero one. */
export async function measureWithdrawal(world: World): Promise<Measurement[]> {
  const contributor = await funded(world, 'withdrawing contributor');
  const withdraw = async () =>
    (await world.contracts.ConsentRegistry.send(contributor.address, 'withdraw', word('some dataset'))).gas;
  return [
    { op: 'withdraw consent, first', n: 1, gas: await withdraw() },
    { op: 'withdraw consent, again', n: 1, gas: await withdraw() },
  ];
}

/**
 * What a keeper asks, sent as a transaction so that a receipt tells its cost: intrinsic gas and calldata are included.
 * A further entry is the difference of 101 entries and one, divided by 100; each is of another contributor.
 */
export async function measureAccess(world: World, dataset: SoldDataset, licensee: string): Promise<Measurement[]> {
  const { AccessPolicy } = world.contracts;
  const validUntil = dataset.table.leaves[0]!.validUntil;
  const entry = (index: number) => [dataset.version, dataset.table.leaves[index]!.account, 0, 127, validUntil, 2];
  const ask = async (count: number) => {
    const entries = Array.from({ length: count }, (_, index) => entry(index));
    const answers = await AccessPolicy.read<boolean[]>('canDecryptMany', licensee, dataset.id, entries);
    if (answers.length !== count || answers.includes(false)) throw new Error('the licensee may not decrypt');
    return (await AccessPolicy.send(world.relayer.address, 'canDecryptMany', licensee, dataset.id, entries)).gas;
  };
  const [version, ...rest] = entry(0);
  const single = await AccessPolicy.send(world.relayer.address, 'canDecrypt', licensee, dataset.id, version, ...rest);
  const first = await ask(1);
  const many = await ask(ENTRIES);
  return [
    { op: 'canDecrypt', n: 1, gas: single.gas },
    { op: 'canDecryptMany, first entry', n: 1, gas: first },
    { op: 'canDecryptMany, each further entry', n: ENTRIES - 1, gas: Math.ceil((many - first) / (ENTRIES - 1)) },
  ];
}
