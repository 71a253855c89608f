import { patienceOf, stoppingRuleOf } from '../rules.ts';
import type { AppealOutcome, GivenVerdict, OpenAppeal, Settlement, SettlementInput } from '../settlement-types.ts';
import { settle } from '../settlement.ts';
import type { PublishedAppeal, PublishedVote, PublishedVotes } from './published-votes.ts';

/** What the settlements of a job decide when they are run again, by `voteKey`. */
export interface Replay {
  readonly verdicts: ReadonlyMap<string, GivenVerdict>;
  readonly tasks: ReadonlyMap<
    string,
    { readonly state: string; readonly label: string | null; readonly reason: string }
  >;
  readonly retired: ReadonlyMap<string, string>;
  readonly appeals: ReadonlyMap<string, AppealOutcome>;
}

export const voteKey = ({ taskId, worker }: { readonly taskId: string; readonly worker: number }): string =>
  `${taskId}/${worker}`;

/** Model order is the order of names, so numbers are padded; any renaming that keeps the order gives the same bytes. */
const nameOf = (worker: number): string => String(worker).padStart(9, '0');

/** Runs every settlement that decided something, on what was known then. */
export function replay(file: PublishedVotes): Replay {
  const verdicts = new Map<string, GivenVerdict>();
  const tasks = new Map<string, { state: string; label: string | null; reason: string }>();
  const retired = new Map<string, string>();
  const appeals = new Map<string, AppealOutcome>();
  for (const round of file.rounds) {
    const settlement = settle(inputOf(file, round));
    const judged = new Map(verdictsOf(settlement).map(({ assignmentId, verdict }) => [assignmentId, verdict]));
    for (const vote of file.votes) {
      const verdict = vote.verdictRound === round.round ? judged.get(voteKey(vote)) : undefined;
      if (verdict) verdicts.set(voteKey(vote), verdict);
    }
    for (const { taskId, state, label, reason } of settlement.outcomes) tasks.set(taskId, { state, label, reason });
    for (const { taskId, label } of settlement.retired) retired.set(taskId, label);
    for (const outcome of settlement.appeals) appeals.set(outcome.assignmentId, outcome);
  }
  return { verdicts, tasks, retired, appeals };
}

const verdictsOf = ({ outcomes, verdicts }: Settlement) => [
  ...outcomes.flatMap((outcome) => outcome.verdicts),
  ...verdicts,
];

function inputOf(
  file: PublishedVotes,
  { round, final, adjudicators }: PublishedVotes['rounds'][number],
): SettlementInput {
  const known = file.votes.filter((vote) => vote.round <= round);
  const decidedIn = new Map(file.tasks.map((task) => [task.taskId, task.round]));
  const labels = known.filter(({ kind }) => kind !== 'ADJUDICATION');
  const perTask = new Map<string, number>();
  for (const { taskId } of labels) perTask.set(taskId, (perTask.get(taskId) ?? 0) + 1);
  const due = file.tasks.filter((task) => task.round === round);
  return {
    labels: file.rules.labels,
    rule: stoppingRuleOf(file.rules),
    patience: patienceOf(file.rules),
    final,
    adjudicators,
    gold: file.gold,
    quizzes: file.workers
      .filter((worker) => worker.round <= round)
      .map(({ worker, quiz }) => ({ labeler: nameOf(worker), answers: quiz })),
    hiddenGold: file.tasks
      .filter(({ goldFrom, goldUntil }) => goldFrom !== null && goldFrom <= round && round <= (goldUntil ?? round))
      .map(({ taskId, goldLabel }) => ({ taskId, label: goldLabel! })),
    tasks: due.map(({ taskId, reason }) => ({
      id: taskId,
      taken: perTask.get(taskId) ?? 0,
      reports: reason === 'REPORTED' ? 2 : 0,
    })),
    annotations: labels.map((vote) => {
      const pending = vote.verdictRound >= round;
      const decided = decidedIn.get(vote.taskId);
      const late = vote.verdictRound === round && decided != null && decided < round;
      return {
        assignmentId: voteKey(vote),
        taskId: vote.taskId,
        labeler: nameOf(vote.worker),
        value: vote.value,
        kind: vote.kind as 'LABEL' | 'GOLD',
        tooFast: vote.tooFast,
        round: vote.round,
        pending,
        // What waited longest for its labeler was judged by the clock, whose times are not published.
        overdue: late,
        late,
      };
    }),
    adjudications: due.flatMap(({ taskId }) => {
      const decision = lastDecision(known, taskId);
      return decision ? [{ taskId, label: decision.value }] : [];
    }),
    appeals: file.appeals
      .filter((appeal) => appeal.round === round && appeal.reason !== 'APPEAL_UPHELD GOLD_RETIRED')
      .map((appeal) => openAppeal(appeal, known, final)),
  };
}

const lastDecision = (known: readonly PublishedVote[], taskId: string): PublishedVote | undefined =>
  known
    .filter((vote) => vote.kind === 'ADJUDICATION' && vote.taskId === taskId)
    .sort((a, b) => b.round - a.round || a.worker - b.worker)[0];

function openAppeal(appeal: PublishedAppeal, known: readonly PublishedVote[], final: boolean): OpenAppeal {
  const labels = known.filter(({ taskId, kind }) => taskId === appeal.taskId && kind !== 'ADJUDICATION').length;
  const own = known.find((vote) => voteKey(vote) === voteKey(appeal))!;
  const decided = appeal.reason.endsWith(' ADJUDICATED');
  return {
    assignmentId: voteKey(appeal),
    taskId: appeal.taskId,
    labeler: nameOf(appeal.worker),
    value: own.value,
    route: appeal.route,
    wanted: appeal.wanted,
    busy: false,
    overdue: !final && !decided && labels < appeal.wanted,
    adjudicated: decided ? (lastDecision(known, appeal.taskId)?.value ?? null) : null,
  };
}
