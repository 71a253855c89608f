/** Everything that decides a figure of the label bench: sets, seeds, repeats, thresholds. */

/** Public answer sets with enough truth to rank methods on. */
export const SETS = [
  'd_product',
  'd_possent',
  's_rel',
  's_adult',
  'trec',
  'rte',
  'bluebirds',
  'dog',
  'face',
  'cf',
  'cf_amt',
  'ms',
  'sp',
  'sp_amt',
  'labelme',
  'tweet_bm',
  'wsd',
];

/** Where the sets are looked for, from the root of the repository, when neither --sets nor TRUTH_SETS says it. */
export const DEFAULT_SETS = '../shared/data/truth';

export const SEED = 20_260_101;

export const ADAPTIVE = {
  sets: ['d_possent', 'rte', 'sp_amt', 'cf_amt', 'dog', 'sp'],
  orders: 20,
  first: 2,
  threshold: 0.9998,
};

/** Kinds of attack, the share of workers and of labels that are spam, and whether everybody took a quiz first. */
export const SCENARIOS = {
  random40: { kind: 'random', share: 0.4, quiz: false },
  constant40: { kind: 'constant', share: 0.4, quiz: false },
  ring20: { kind: 'ring', share: 0.2, quiz: false },
  ring30: { kind: 'ring', share: 0.3, quiz: false },
  ring40quiz: { kind: 'ring', share: 0.4, quiz: true },
  ring50quiz: { kind: 'ring', share: 0.5, quiz: true },
} as const;
export type Scenario = keyof typeof SCENARIOS;
export const SCENARIO_NAMES = Object.keys(SCENARIOS) as Scenario[];

export const SPAM = { seeds: 20, quiz: 5 };

export const PAY = { share: 0.3, informative: 0.3, kinds: ['random', 'constant', 'ring'] } as const;

export const CALIBRATION = { stated: 0.95, splits: 20, gold: 500 };

export const SPEED = { votesPerTask: 5, workers: 1000, iterations: 20, accuracy: 0.8 };

/** What the bench can measure beside the accuracy of each set. */
export const PARTS = ['adaptive', 'spam', 'pay', 'calibration', 'speed', 'speed10M'] as const;
export type Part = (typeof PARTS)[number];
