import { Code } from '@allod/protocol';
import { refuseUnless } from '../../common/errors/refusal.ts';
import type { LabelingJobCreateInput } from '../../common/graphql/schema.generated.ts';
import { hourlyPay } from './wage-floor.ts';

const MIN_QUIZ = 5;
const MAX_QUIZ = 50;
/** A blind constant answer must not pass a quiz, so its items cover the labels, up to so many. */
const MAX_ASKED = 20;
const MAX_LABELS = 100;
const MAX_OVERLAP = 20;
const MAX_TEXT = 20_000;
const MAX_LABEL_LENGTH = 200;
const MAX_QUIZ_CONTENT = 400_000;
const MAX_SECONDS = 3_600;
const MAX_HOLD = 200;

/** Refuses a job that could never run, with the field that is wrong. */
export function checkJobInput(input: LabelingJobCreateInput): void {
  const check = (condition: boolean, text: string) => refuseUnless(condition, Code.BAD_INPUT, text);
  const labels = new Set(input.labels);
  check(labels.size === input.labels.length, 'labels: each one once');
  check(labels.size >= 2 && labels.size <= MAX_LABELS, `labels: 2 to ${MAX_LABELS}`);
  check(
    input.labels.every((label) => label.length > 0 && label.length <= MAX_LABEL_LENGTH),
    'labels: too long or empty',
  );
  check(input.title.length > 0 && input.title.length <= 200, 'title: 1 to 200 characters');
  check(input.instructions.length <= MAX_TEXT, `instructions: at most ${MAX_TEXT} characters`);
  check(BigInt(input.price) > 0n, 'price: above 0');
  check(BigInt(input.budget) >= BigInt(input.price), 'budget: at least one price');
  check(BigInt(input.quizBudget) <= BigInt(input.budget), 'quizBudget: within the budget');
  const set = BigInt(input.quizBudget) + BigInt(input.wageReserve ?? 0);
  check(
    set + BigInt(input.price) <= BigInt(input.budget),
    'wageReserve: with quizBudget and one price within the budget',
  );
  const share = input.hiddenGoldBps ?? 0;
  check(share >= 0 && share <= 10_000, 'hiddenGoldBps: 0 to 10000');
  const held = input.holdLabels ?? 0;
  check(held >= 0 && held <= MAX_HOLD, `holdLabels: 0 to ${MAX_HOLD}`);
  check((input.tooFastMs ?? 0) >= 0 && (input.tooFastMs ?? 0) <= 60_000, 'tooFastMs: 0 to 60000');
  check(BigInt(input.adjudicationPrice ?? 1) > 0n, 'adjudicationPrice: above 0');
  const said = { price: BigInt(input.price), milliseconds: input.secondsPerTask * 1_000 };
  check(hourlyPay(said) >= BigInt(input.wageFloor ?? 0), 'price: less than wageFloor at secondsPerTask');
  check(BigInt(input.dailyCap) > 0n, 'dailyCap: above 0');
  check(input.overlapMin >= 1 && input.overlapMin <= input.overlapMax, 'overlapMin: 1 to overlapMax');
  check(input.overlapMax <= MAX_OVERLAP, `overlapMax: at most ${MAX_OVERLAP}`);
  check(input.secondsPerTask >= 1 && input.secondsPerTask <= MAX_SECONDS, `secondsPerTask: 1 to ${MAX_SECONDS}`);
  check(input.quiz.length >= MIN_QUIZ && input.quiz.length <= MAX_QUIZ, `quiz: ${MIN_QUIZ} to ${MAX_QUIZ} items`);
  check(
    input.quiz.every((item) => labels.has(item.answer)),
    'quiz: each answer is one of the labels',
  );
  const asked = new Set(input.quiz.map((item) => item.answer));
  check(
    asked.size >= Math.min(labels.size, MAX_ASKED),
    `quiz: each label, or ${MAX_ASKED} of them, is the answer to an item`,
  );
  check(
    input.quiz.every((item) => item.contentBase64.length <= MAX_QUIZ_CONTENT),
    'quiz: an item is too large',
  );
}
