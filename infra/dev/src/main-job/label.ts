import { isAllodError } from '@allod/sdk';
import type { Actor } from './actors.ts';
import type { Contributed } from './contribute.ts';
import { expect, type Line, usd } from './line.ts';
import { contentKey, DIGIT_MEDIA_TYPE, digits } from './real-data.ts';

export const LABEL_PRICE = 40_000n;
const BUDGET = 20_000_000n;
const LABELS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
/** First digit of each class that no contributor gave: the requester's own public quiz. */
const QUIZ_FROM = 50;

/** Answers from the bytes that the labeler decrypted, never from an id. */
type Style = (bytes: Uint8Array, sight: (bytes: Uint8Array) => string, n: number) => string;

const careful: Style = (bytes, sight) => sight(bytes);
/** Every third answer is off by one. */
const careless: Style = (bytes, sight, n) => (n % 3 === 2 ? String((Number(sight(bytes)) + 1) % 10) : sight(bytes));
const constant: Style = () => '1';

/** How each of the five labelers works, in the quiz and after. */
const STYLES: { name: string; quiz: Style; work: Style }[] = [
  { name: 'careful', quiz: careful, work: careful },
  { name: 'careful', quiz: careful, work: careful },
  { name: 'careful', quiz: careful, work: careful },
  { name: 'careless after the quiz', quiz: careful, work: careless },
  { name: 'always answers 1', quiz: constant, work: constant },
];

export interface Labeled {
  jobId: string;
  annotations: number;
  paid: bigint;
}

async function openJob({ actors, gas }: Line, datasetId: string): Promise<string> {
  const { requester, curator } = actors;
  const quiz = digits(1, QUIZ_FROM).map(({ bytes, label }) => ({ bytes, mediaType: DIGIT_MEDIA_TYPE, answer: label }));
  const draft = await requester.client.createJob({
    datasetId,
    title: 'Which digit is this?',
    instructions: 'Choose the digit that you see. Skip what cannot be read: skipping costs you nothing.',
    labels: LABELS,
    price: LABEL_PRICE,
    budget: BUDGET,
    dailyCap: BUDGET,
    quizBudget: 2_000_000n,
    overlapMin: 2,
    overlapMax: 4,
    secondsPerTask: 8,
    holdLabels: 0,
    quiz,
  });
  const approval = await curator.client.approveJob({ jobId: draft.job.id });
  const { gasUsed } = await requester.client.fundJob({ draft, approval });
  gas.add('LabelEscrow.createJob', gasUsed);
  return draft.job.id;
}

interface QuizOutcome {
  labeler: Actor;
  passed: boolean;
  reason: string;
}

async function takeQuizzes(
  { actors }: Line,
  jobId: string,
  sight: (bytes: Uint8Array) => string,
): Promise<QuizOutcome[]> {
  return Promise.all(
    actors.labelers.map(async (labeler, i) => {
      const tasks = await labeler.client.takeQuiz({ jobId });
      const answers = tasks.map((task, n) => (STYLES[i]?.quiz as Style)(task.bytes, sight, n));
      const { passed, reason } = await labeler.client.submitQuiz({ jobId, answers });
      return { labeler, passed, reason };
    }),
  );
}

/** Takes one task after another until nothing is left for this labeler; resolves to the number of annotations. */
async function work(
  labeler: Actor,
  style: Style,
  jobId: string,
  sight: (bytes: Uint8Array) => string,
): Promise<number> {
  let done = 0;
  for (let idle = 0; idle < 12;) {
    try {
      const { assignment, bytes } = await labeler.client.acceptAssignment({ jobId });
      await labeler.client.submitAnnotation({ assignment, value: style(bytes, sight, done) });
      done++;
      idle = 0;
    } catch (error) {
      if (!isAllodError(error, 'NO_TASK') && !isAllodError(error, 'NOT_QUALIFIED')) throw error;
      const job = await labeler.client.getJob({ jobId });
      if (job && job.taskCount > 0 && job.resolvedCount === job.taskCount) break;
      idle++;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  return done;
}

/** The labeling job from funding to the last withdrawal. */
export async function labelDigits(
  line: Line,
  contributed: Contributed & { truth: Map<string, string> },
): Promise<Labeled> {
  const { report, actors } = line;
  const quizTruth = new Map(digits(1, QUIZ_FROM).map(({ bytes, label }) => [contentKey(bytes), label]));
  const sight = (bytes: Uint8Array): string => {
    const seen = contributed.truth.get(contentKey(bytes)) ?? quizTruth.get(contentKey(bytes));
    expect(seen, 'what a labeler decrypts is an original digit');
    return seen;
  };

  const jobId = await report.step('requester funds a labeling job that the curator approved', () =>
    openJob(line, contributed.datasetId),
  );
  const quizzes = await report.step('five labelers take the quiz', () => takeQuizzes(line, jobId, sight));
  for (const { labeler, passed, reason } of quizzes)
    report.note(`${labeler.name}: ${passed ? 'passed' : 'not qualified'} (${reason})`);
  expect(quizzes.filter(({ passed }) => passed).length === 4, 'four of five labelers pass the quiz');
  expect(
    quizzes.every(({ reason }) => reason.length > 0),
    'each quiz result has a reason code',
  );

  const qualified = quizzes.filter(({ passed }) => passed).map(({ labeler }) => labeler);
  await report.step('the escrow lists the qualified labelers', async () => {
    for (const { client } of qualified)
      await until('qualified on chain', async () => (await client.getJob({ jobId }))?.qualification === 'QUALIFIED');
  });
  const counts = await report.step('labelers decrypt through the keepers and annotate', () =>
    Promise.all(
      qualified.map((labeler) => work(labeler, STYLES[actors.labelers.indexOf(labeler)]?.work as Style, jobId, sight)),
    ),
  );
  await report.step('every task reaches a verdict', () =>
    until('all tasks resolved', async () => {
      const job = await actors.requester.client.getJob({ jobId });
      return job !== null && job.taskCount === contributed.originals.size && job.resolvedCount === job.taskCount;
    }),
  );
  const rows = await report.step('labelers withdraw on chain', () => withdrawAll(line, jobId, quizzes));
  report.table(
    'Labeling',
    ['labeler', 'works', 'quiz', 'annotations', 'paid', 'refused', 'reasons of refusal', 'withdrawn, USD'],
    rows.rows,
  );
  return { jobId, annotations: counts.reduce((a, b) => a + b, 0), paid: rows.paid };
}

async function withdrawAll(
  { actors, gas, stack }: Line,
  jobId: string,
  quizzes: QuizOutcome[],
): Promise<{ rows: string[][]; paid: bigint }> {
  let total = 0n;
  const rows: string[][] = [];
  for (const [i, labeler] of actors.labelers.entries()) {
    const [earnings] = await labeler.client.getEarnings({ jobId });
    const outcomes = earnings?.outcomes ?? [];
    const refused = outcomes.filter(({ verdict }) => verdict === 'REFUSED');
    expect(
      outcomes.every(({ verdict, reason }) => verdict === 'PENDING' || reason.length > 0),
      'every verdict has a reason code',
    );
    let withdrawn = 0n;
    if (earnings && BigInt(earnings.withdrawable) > 0n) {
      const { amount, gasUsed } = await labeler.client.withdrawEarnings({ jobId });
      gas.add('LabelEscrow.withdraw', gasUsed);
      withdrawn = amount;
      expect(amount === BigInt(earnings.earned), `${labeler.name} withdraws all that was earned`);
    }
    total += withdrawn;
    rows.push([
      labeler.name,
      STYLES[i]?.name ?? '',
      quizzes[i]?.reason ?? '',
      String(outcomes.length),
      String(outcomes.filter(({ verdict }) => verdict === 'PAID').length),
      String(refused.length),
      [...new Set(refused.map(({ reason }) => reason.split(' ')[0]))].join(' '),
      usd(withdrawn),
    ]);
  }
  const { paid, budget } = await actors.requester.client.getEscrow({ jobId });
  expect(paid === total && paid <= budget, 'the escrow paid exactly what the labelers withdrew');
  stack.log.info({ jobId, paid: String(paid) }, 'labelers withdrew');
  return { rows, paid: total };
}

/** Looks again until the condition holds; fails after a minute. */
export async function until(what: string, holds: () => Promise<boolean>, seconds = 60): Promise<void> {
  for (
    const end = Date.now() + seconds * 1000;
    !(await holds());
    await new Promise((resolve) => setTimeout(resolve, 250))
  ) {
    expect(Date.now() < end, `timed out waiting for: ${what}`);
  }
}
