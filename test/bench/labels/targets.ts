/** The target table of the label engine. Floors are required, stretches are what the work is for. */
export interface Target {
  /** Names the row, and its reason in `misses.json` when the floor is missed. */
  readonly row: string;
  readonly unit: '%' | 's' | 'MB' | '/s' | 'points' | 'share';
  readonly better: 'higher' | 'lower';
  readonly floor: number | null;
  readonly stretch: number | null;
}

const accuracy = (row: string, floor: number, stretch: number): Target => ({
  row,
  unit: '%',
  better: 'higher',
  floor,
  stretch,
});
const atMost = (row: string, unit: Target['unit'], floor: number | null, stretch: number | null): Target => ({
  row,
  unit,
  better: 'lower',
  floor,
  stretch,
});

export const TARGETS: readonly Target[] = [
  accuracy('mean accuracy', 83, 84),
  atMost('worst gap to majority', 'points', 1, 0),
  accuracy('d_product', 93.5, 94),
  accuracy('d_product F1', 67.5, 72),
  accuracy('d_possent', 95.8, 96.1),
  accuracy('rte', 92.7, 93),
  accuracy('sp', 91.5, 91.8),
  accuracy('s_rel', 61.6, 63.5),
  accuracy('trec', 70.2, 71),
  accuracy('bluebirds', 87.9, 89.8),
  accuracy('dog', 83.3, 84.3),
  accuracy('cf', 88.3, 89.5),
  accuracy('ms', 79.3, 80.5),
  accuracy('adaptive saved', 40, 55),
  atMost('adaptive loss', 'points', 0.5, 0.5),
  atMost('spam random40', 'points', 1, 0.5),
  atMost('spam constant40', 'points', 1, 0.5),
  atMost('spam ring20', 'points', 1, 0.5),
  atMost('spam ring40quiz', 'points', 1, 0.5),
  atMost('spam ring50quiz', 'points', null, 3),
  atMost('spam ring30', 'points', null, 1),
  atMost('spam paid', '%', 8, 3),
  atMost('honest unpaid', '%', 7, 4),
  { row: 'calibration right', unit: 'share', better: 'higher', floor: 0.93, stretch: null },
  atMost('calibration gap', 'share', null, 0.01),
  atMost('labels1M_k2_s', 's', 1, 0.5),
  atMost('labels1M_k4_s', 's', 2.5, 1),
  atMost('labels10M_k2_s', 's', 10, 6),
  atMost('labels10M_k4_s', 's', 35, 12),
  atMost('rss_mb', 'MB', 300, 300),
  { row: 'incremental_per_s', unit: '/s', better: 'higher', floor: 1_000_000, stretch: 4_000_000 },
];
