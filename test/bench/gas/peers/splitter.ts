import { member, TransactionFailed } from '../chain.ts';
import type { PeerFigure } from '../report.ts';
import { funded } from '../world.ts';
import type { World } from '../world.ts';
import { artifactOf } from './packages.ts';
import type { Peer } from './peer.ts';

const SIZES = [10, 100, 1_000, 10_000];
const AMOUNT = 1_000_000n;
const PUBLISH = 'publish version';

/** A splitter per list of payees; a release to a payee who was paid before. */
export const splitter: Peer = {
  name: 'OpenZeppelin 4.9 PaymentSplitter',
  packages: ['@openzeppelin/contracts'],
  ops: [PUBLISH, 'claim, cached', 'claim, ten cached in one transaction'],
  async measure(world) {
    const figures: PeerFigure[] = [];
    for (const n of SIZES) figures.push(...(await measureSize(world, n)));
    const release = figures.find(({ op }) => op === 'claim, cached')!.gas!;
    figures.push({
      op: 'claim, ten cached in one transaction',
      peer: 'PaymentSplitter, ten releases in ten transactions',
      gas: release * 10,
    });
    return figures;
  },
};

async function measureSize(world: World, n: number): Promise<PeerFigure[]> {
  const { chain, token, relayer } = world;
  const artifact = artifactOf('@openzeppelin/contracts', 'build/contracts/PaymentSplitter.json');
  const payee = await funded(world, `splitter payee of ${n}`);
  const payees = Array.from({ length: n }, (_, index) => (index === 1 ? payee.address : member(index)));
  const shares = payees.map((_, index) => 1_000 + index);
  const peer = 'PaymentSplitter, a new one per list';
  let deployed;
  try {
    deployed = await chain.deploy(relayer.address, artifact, payees, shares);
  } catch (error) {
    if (!(error instanceof TransactionFailed)) throw error;
    return [{ op: PUBLISH, ns: [n], peer: `${peer} (more than one transaction can hold)`, gas: null }];
  }
  const release = async () => {
    await token.send(relayer.address, 'mint', deployed.contract.address, AMOUNT * BigInt(n));
    const method = 'release(address,address)';
    return (await deployed.contract.send(relayer.address, method, token.address, payee.address)).gas;
  };
  await release();
  return [
    { op: PUBLISH, ns: [n], peer, gas: deployed.gas },
    { op: 'claim, cached', ns: [n], peer: 'PaymentSplitter release', gas: await release() },
  ];
}
