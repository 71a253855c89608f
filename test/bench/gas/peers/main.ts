import type { PeerFigure } from '../report.ts';
import type { World } from '../world.ts';
import { human } from './human.ts';
import { erc721a, solady } from './mints.ts';
import { NOT_RERUN } from './not-rerun.ts';
import { ocean } from './ocean.ts';
import { PackageUnavailable, folderOf, labelOf } from './packages.ts';
import type { Peer } from './peer.ts';
import { splitter } from './splitter.ts';
import { uniswap } from './uniswap.ts';
import { unlock } from './unlock.ts';

const PEERS: readonly Peer[] = [unlock, ocean, erc721a, solady, uniswap, splitter, human];

/** Measures the peers whose contracts are on npm on the same chain, with the same token; the others are quoted. */
export async function measurePeers(
  world: World,
  { isMeasured, say }: { isMeasured: boolean; say: (text: string) => void },
): Promise<PeerFigure[]> {
  const figures: PeerFigure[] = [];
  for (const peer of PEERS) {
    const problem = isMeasured ? missingPackage(peer) : 'peers were not asked for';
    if (problem === undefined) {
      figures.push(...(await peer.measure(world)));
      continue;
    }
    if (isMeasured) say(`SKIPPED ${peer.name}: ${problem}`);
    figures.push(...peer.ops.map((op) => ({ op, peer: `${peer.name} (SKIPPED: ${problem})`, gas: null })));
  }
  if (isMeasured) say(`peers: ${PEERS.flatMap(({ packages }) => packages.map(labelOf)).join(', ')}`);
  return [...figures, ...NOT_RERUN];
}

function missingPackage(peer: Peer): string | undefined {
  try {
    peer.packages.forEach(folderOf);
    return undefined;
  } catch (error) {
    if (error instanceof PackageUnavailable) return error.message;
    throw error;
  }
}
