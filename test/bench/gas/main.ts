import { parseArgs } from 'node:util';
import { GasChain } from './chain.ts';
import { measureVouchers } from './ours/labels.ts';
import { measureApprove, measureMarket, measureTen } from './ours/market.ts';
import { measureAccess, measureAnchors, measureWithdrawal } from './ours/records.ts';
import { measurePeers } from './peers/main.ts';
import { readReasons, reportOf, tableOf } from './report.ts';
import type { Measurement } from './report.ts';
import { TARGETS } from './targets.ts';
import { funded, soldDataset, termsOf, worldOn } from './world.ts';
import type { World } from './world.ts';

const SIZES = [10, 100, 1_000, 10_000];
const USAGE = `bench gas [--json] [--no-peers]
--json: the last line is {rows:[{op,n,gas,target,peer,peerGas}],missed:[{op,n,gas,target,reason}]}
--no-peers: measures only ours
`;

/** Prints a table; exits 1 when a target is missed and no reason is written down. */
export async function run(args: readonly string[]): Promise<number> {
  let values: { json?: boolean; 'no-peers'?: boolean };
  try {
    const options = { json: { type: 'boolean' }, 'no-peers': { type: 'boolean' } } as const;
    values = parseArgs({ args: [...args], options }).values;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  const say = (text: string) => process.stdout.write(`${text}\n`);
  const chain = await GasChain.start();
  try {
    say(`gasUsed of receipts on anvil, hardfork ${chain.hardfork}, base fee 0`);
    const world = await worldOn(chain);
    const measurements = await measureOurs(world);
    const peers = await measurePeers(world, { isMeasured: values['no-peers'] !== true, say });
    const report = reportOf(measurements, peers, TARGETS, readReasons());
    for (const line of tableOf(report)) say(line);
    if (values.json) say(JSON.stringify(report));
    return report.missed.some(({ reason }) => reason === null) ? 1 : 0;
  } finally {
    await chain.stop();
  }
}

async function measureOurs(world: World): Promise<Measurement[]> {
  const market: Measurement[] = [];
  for (const n of SIZES) market.push(...(await measureMarket(world, n)));
  refuseDependenceOnSize(market);
  market.sort((a, b) => firstIndex(market, a.op) - firstIndex(market, b.op) || a.n - b.n);

  const contributor = await funded(world, 'contributor of the dataset with keys');
  const dataset = await soldDataset(world, 'dataset with keys', 200, contributor.address);
  const { LicenseVault } = world.contracts;
  const licensee = await funded(world, 'licensee who decrypts', LicenseVault.address);
  await LicenseVault.send(licensee.address, 'purchase', termsOf(dataset));
  return [
    await measureApprove(world),
    ...market,
    ...(await measureTen(world)),
    ...(await measureAnchors(world, SIZES)),
    ...(await measureWithdrawal(world)),
    ...(await measureVouchers(world, dataset)),
    ...(await measureAccess(world, dataset, licensee.address)),
  ];
}

const firstIndex = (rows: readonly Measurement[], op: string) => rows.findIndex((row) => row.op === op);

/** A purchase must cost the same to the last unit of gas for every number of contributors. */
function refuseDependenceOnSize(market: readonly Measurement[]): void {
  for (const op of ['purchase, new licensee', 'renewal']) {
    const figures = new Set(market.filter((row) => row.op === op).map(({ gas }) => gas));
    if (figures.size !== 1) throw new Error(`${op} depends on the number of contributors: ${[...figures].join(', ')}`);
  }
}
