import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { threadsOf } from '../../../api/src/modules/labeling/consensus/threads.ts';
import type { PayRule } from '../../../api/src/modules/labeling/consensus/verdict.ts';
import { PAY_RULE } from '../../../api/src/modules/labeling/consensus/verdict.ts';
import type { Saving } from './adaptive.ts';
import { ADAPTIVE, DEFAULT_SETS, SETS } from './protocol.ts';
import { meanOf } from './sets.ts';
import type { Paid } from './spam.ts';

/**
 * Leave one set out: every tuned constant is chosen on the other sets and scored on the one left out. The mean of those
 * scores is what a new set can expect; how far it lies from the plain mean of the best choice is what tuning flatters.
 */
const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
/** The average that `auto` uses without gold. */
const CHOSEN = 'ds+two-4-1+two-16-1+two-8-0+wawa';
const THRESHOLDS = [0.98, 0.99, 0.995, 0.999, 0.9995, 0.9998];
const MOST_LOSS = 0.5;
const FLOOR: Paid = { spamPaid: 0.08, honestUnpaid: 0.07 };

const single = ['mv', 'wawa', 'coin', 'ds'];
const twoLevel = [2, 4, 8, 16, 32].flatMap((strength) =>
  [0, 0.25, 0.5, 0.75, 1].map((prior) => `two-${strength}-${prior}`),
);
const averages = [0, 0.25, 0.5].flatMap((low) =>
  [0.75, 1].flatMap((high) => [
    `two-8-${low}+two-8-${high}+wawa`,
    `ds+two-4-${high}+two-8-${low}+wawa`,
    `ds+two-4-${high}+two-16-${high}+two-8-${low}+wawa`,
    `ds+two-8-${low}+two-16-${low}+two-4-${high}+wawa+coin`,
    `ds+two-4-${low}+two-16-${low}+two-4-${high}+two-16-${high}+wawa`,
  ]),
);
const MODELS = [...new Set([...single, ...twoLevel, ...averages])];
const RULES: PayRule[] = [0.5, 0.7, 1, 1.5].flatMap((doubt) =>
  [0.1, 0.15, 0.2].flatMap((minimumScore) =>
    [0.05, 0.03, 0.02, 0.01].map((refuseBelow) => ({
      gate: { ...PAY_RULE.gate, doubt, minimumScore },
      refuseBelow,
    })),
  ),
);

interface LeftOut<Score> {
  readonly set: string;
  readonly choice: string;
  readonly score: Score;
}

/** For each set: the choice that is best on the others, and its score on this one. */
function leaveOneOut<Score>(
  sets: readonly string[],
  choices: readonly string[],
  scoreOf: (set: string, choice: number) => Score,
  better: (scores: readonly Score[]) => number,
): LeftOut<Score>[] {
  return sets.map((set) => {
    const others = sets.filter((other) => other !== set);
    let best = 0;
    let highest = -Infinity;
    choices.forEach((_, choice) => {
      const value = better(others.map((other) => scoreOf(other, choice)));
      if (value <= highest) return;
      highest = value;
      best = choice;
    });
    return { set, choice: choices[best]!, score: scoreOf(set, best) };
  });
}

const percent = (share: number): string => (100 * share).toFixed(2);
const ruleName = ({ gate, refuseBelow }: PayRule) =>
  `J + ${gate.doubt} s.e. < ${gate.minimumScore}, refuse < ${refuseBelow}`;

export async function run(args: readonly string[]): Promise<number> {
  const folder = resolve(ROOT, args[0] ?? process.env.TRUTH_SETS ?? DEFAULT_SETS);
  const sets = SETS.filter((set) => existsSync(join(folder, set, 'truth.csv')));
  const say = (text: string) => process.stdout.write(`${text}\n`);
  if (sets.length < 3) {
    say(`SKIPPED: no label sets at ${folder}; name their folder or set TRUTH_SETS`);
    return 0;
  }
  const threads = threadsOf(new URL('./candidates.thread.ts', import.meta.url), availableParallelism());
  const ask = async <Answer>(name: string, of: readonly string[], input: object) =>
    Object.fromEntries(
      await Promise.all(
        of.map(async (set) => [set, (await threads.run({ folder, set, ...input }, { name })) as Answer] as const),
      ),
    );
  try {
    sayModels(await ask<Record<string, number>>('accuracies', sets, { candidates: MODELS }), sets, say);
    const adaptive = ADAPTIVE.sets.filter((set) => sets.includes(set));
    sayThresholds(await ask<Saving[]>('savings', adaptive, { thresholds: THRESHOLDS, orders: 3 }), adaptive, say);
    sayRules(await ask<Paid[]>('paid', sets, { rules: RULES, seeds: 1 }), sets, say);
    return 0;
  } finally {
    await threads.destroy();
  }
}

function sayModels(
  accuracy: Record<string, Record<string, number>>,
  sets: readonly string[],
  say: (text: string) => void,
) {
  const scoreOf = (set: string, choice: number) => accuracy[set]![MODELS[choice]!]!;
  const left = leaveOneOut(sets, MODELS, scoreOf, meanOf);
  const meanOfModel = (model: string) => meanOf(sets.map((set) => accuracy[set]![model]!));
  const best = [...MODELS].sort((a, b) => meanOfModel(b) - meanOfModel(a))[0]!;
  say('\n| set | chosen on the others | accuracy there | what `auto` does | majority |\n|---|---|---|---|---|');
  for (const { set, choice, score } of left) {
    say(
      `| ${set} | ${choice} | ${percent(score)} | ${percent(accuracy[set]![CHOSEN]!)} | ${percent(accuracy[set]!.mv!)} |`,
    );
  }
  say(
    `| mean | | ${percent(meanOf(left.map(({ score }) => score)))} | ${percent(meanOfModel(CHOSEN))} | ${percent(meanOfModel('mv'))} |`,
  );
  const fewer = leaveOneOut(sets, averages, (set, choice) => accuracy[set]![averages[choice]!]!, meanOf);
  say(`chosen among the ${averages.length} averages only: ${percent(meanOf(fewer.map(({ score }) => score)))}`);
  say(`best plain mean of ${MODELS.length} models: ${percent(meanOfModel(best))} (${best})`);
}

function sayThresholds(savings: Record<string, Saving[]>, sets: readonly string[], say: (text: string) => void) {
  const lowestThatKeeps = (scores: readonly Saving[]) => {
    const loss = meanOf(scores.map((score) => score.loss));
    return loss > MOST_LOSS ? -loss : meanOf(scores.map((score) => score.saved));
  };
  const left = leaveOneOut(sets, THRESHOLDS.map(String), (set, choice) => savings[set]![choice]!, lowestThatKeeps);
  say('\n| set | threshold chosen on the others | saved % | points lost |\n|---|---|---|---|');
  for (const { set, choice, score } of left) {
    say(`| ${set} | ${choice} | ${score.saved.toFixed(1)} | ${score.loss.toFixed(2)} |`);
  }
  say(
    `| mean | | ${meanOf(left.map((one) => one.score.saved)).toFixed(1)} | ${meanOf(left.map((one) => one.score.loss)).toFixed(2)} |`,
  );
  THRESHOLDS.forEach((threshold, i) => {
    const mean = (what: keyof Saving) => meanOf(sets.map((set) => savings[set]![i]![what]));
    say(`threshold ${threshold}: saved ${mean('saved').toFixed(1)}, lost ${mean('loss').toFixed(2)}`);
  });
}

function sayRules(paid: Record<string, Paid[]>, sets: readonly string[], say: (text: string) => void) {
  /** How far the nearer of the two floors is, in parts of it. */
  const margin = (scores: readonly Paid[]) =>
    -Math.max(
      meanOf(scores.map((score) => score.spamPaid)) / FLOOR.spamPaid,
      meanOf(scores.map((score) => score.honestUnpaid)) / FLOOR.honestUnpaid,
    );
  const left = leaveOneOut(sets, RULES.map(ruleName), (set, choice) => paid[set]![choice]!, margin);
  say('\n| set | pay rule chosen on the others | spam paid % | honest unpaid % |\n|---|---|---|---|');
  for (const { set, choice, score } of left) {
    say(`| ${set} | ${choice} | ${percent(score.spamPaid)} | ${percent(score.honestUnpaid)} |`);
  }
  say(
    `| mean | | ${percent(meanOf(left.map((one) => one.score.spamPaid)))} | ${percent(meanOf(left.map((one) => one.score.honestUnpaid)))} |`,
  );
  RULES.forEach((rule, i) => {
    const mean = (what: keyof Paid) => percent(meanOf(sets.map((set) => paid[set]![i]![what])));
    say(`${ruleName(rule)}: spam paid ${mean('spamPaid')}, honest unpaid ${mean('honestUnpaid')}`);
  });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = await run(process.argv.slice(2));
}
