/** A box on one item: x and y of two opposite corners, x1 < x2 and y1 < y2, in any unit. */
export interface Box {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

export interface BoxVote extends Box {
  readonly worker: string;
  readonly label: string;
}

export interface FusedBox extends Box {
  readonly label: string;
  /** Weight of those who drew it, of the weight of all who looked at the item, 0 to 1. */
  readonly support: number;
  readonly workers: readonly string[];
}

/** Boxes that overlap this much are of one object (the usual bound of PASCAL VOC, Everingham et al. 2010). */
const SAME_OBJECT = 0.5;

/** Intersection over union, 0 to 1. */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1);
  const height = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (area(a) + area(b) - shared);
}

/**
 * One box per object: boxes of one label are clustered by overlap with the cluster's fused box, each worker once, and
 * fused by weighted mean of their corners (weighted boxes fusion, Solovyev, Wang & Gabruseva 2021, with workers in the
 * place of detectors). `weightOf` is how much a worker is believed, above 0. Boxes are taken in the order of weight, then
 * worker, label and corners, so the order of arrival changes nothing. The result is sorted by support, then position.
 */
export function fuseBoxes(
  votes: readonly BoxVote[],
  lookers: readonly string[],
  weightOf: (worker: string) => number = () => 1,
): FusedBox[] {
  const all = [...new Set(lookers)].sort(byCodeUnit).reduce((sum, worker) => sum + weightOf(worker), 0);
  for (const box of votes) {
    if (!(box.x1 < box.x2 && box.y1 < box.y2)) throw new Error(`a box of ${box.worker} has no area`);
  }
  const sorted = [...votes].sort(
    (a, b) =>
      weightOf(b.worker) - weightOf(a.worker) ||
      byCodeUnit(a.worker, b.worker) ||
      byCodeUnit(a.label, b.label) ||
      byPosition(a, b),
  );
  const clusters: { members: BoxVote[]; fused: Box }[] = [];
  for (const box of sorted) {
    let best: (typeof clusters)[number] | null = null;
    let most = SAME_OBJECT;
    for (const cluster of clusters) {
      if (cluster.members[0]!.label !== box.label) continue;
      if (cluster.members.some(({ worker }) => worker === box.worker)) continue;
      const shared = overlap(cluster.fused, box);
      if (shared <= most) continue;
      most = shared;
      best = cluster;
    }
    if (!best) clusters.push({ members: [box], fused: box });
    else {
      best.members.push(box);
      best.fused = meanOf(best.members, weightOf);
    }
  }
  return clusters
    .map(({ members, fused }) => ({
      x1: fused.x1,
      y1: fused.y1,
      x2: fused.x2,
      y2: fused.y2,
      label: members[0]!.label,
      support: members.reduce((sum, { worker }) => sum + weightOf(worker), 0) / all,
      workers: members.map(({ worker }) => worker).sort(byCodeUnit),
    }))
    .sort((a, b) => b.support - a.support || byCodeUnit(a.label, b.label) || byPosition(a, b));
}

const area = ({ x1, y1, x2, y2 }: Box): number => (x2 - x1) * (y2 - y1);
const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byPosition = (a: Box, b: Box): number => a.x1 - b.x1 || a.y1 - b.y1 || a.x2 - b.x2 || a.y2 - b.y2;

function meanOf(boxes: readonly BoxVote[], weightOf: (worker: string) => number): Box {
  const total = boxes.reduce((sum, { worker }) => sum + weightOf(worker), 0);
  const mean = (of: (box: Box) => number) =>
    boxes.reduce((sum, box) => sum + weightOf(box.worker) * of(box), 0) / total;
  return { x1: mean((b) => b.x1), y1: mean((b) => b.y1), x2: mean((b) => b.x2), y2: mean((b) => b.y2) };
}
