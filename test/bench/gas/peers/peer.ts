import type { PeerFigure } from '../report.ts';
import type { World } from '../world.ts';
import type { PackageName } from './packages.ts';

/** A peer whose contracts can be run here. */
export interface Peer {
  readonly name: string;
  readonly packages: readonly PackageName[];
  /** Ops that it is compared with; they get a row that says so when it cannot be run. */
  readonly ops: readonly string[];
  measure(world: World): Promise<PeerFigure[]>;
}
