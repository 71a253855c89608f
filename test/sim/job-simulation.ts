import { gradeQuiz } from '../../api/src/modules/labeling/quiz-grade.ts';
import { randomSource } from '../../api/src/modules/labeling/consensus/simulate-votes.ts';
import type { StoppingRule } from '../../api/src/modules/labeling/consensus/stopping.ts';
import { settle } from '../../api/src/modules/labeling/settlement.ts';
import type { JudgedAnnotation, Patience, SettlementInput } from '../../api/src/modules/labeling/settlement-types.ts';
import type { Item, Kind, SimulatedLabeler } from '../../api/src/testing/simulated-labelers.ts';
import { answerOf, quizOf } from '../../api/src/testing/simulated-labelers.ts';

/** A job in memory: the settlement of the worker, the order in which the API hands out tasks, no database, no chain. */
export interface SimulatedJob {
  readonly tasks: number;
  readonly classes: number;
  readonly rule: StoppingRule;
  readonly patience: Patience;
  readonly quizSize: number;
  readonly quizPassBps: number;
  readonly hiddenGoldBps: number;
  /** Labels between two settlements. */
  readonly labelsPerRound: number;
  readonly seed: number;
}

interface Task {
  readonly item: Item;
  state: string;
  overlap: number;
  taken: number;
  label: string | null;
  gold: string | null;
  shown: number;
  readonly labelers: string[];
}

interface Given {
  readonly assignmentId: string;
  readonly task: Task;
  readonly labeler: SimulatedLabeler;
  readonly value: string;
  readonly kind: 'LABEL' | 'GOLD';
  readonly spam: boolean;
  verdict: 'PENDING' | 'PAID' | 'REFUSED';
  reason: string;
  /** Labels of the job when the verdict came, minus those when the label was given. */
  waited: number;
  readonly at: number;
  /** Settlement that will know it first. */
  readonly round: number;
}

const CANDIDATES = 24;
const SHOWN_AT_MOST = 30;

export interface SimulatedOutcome {
  readonly labels: number;
  readonly labelsPerTask: number;
  readonly accuracy: number;
  readonly spamPaid: number;
  readonly goodPaid: number;
  readonly spamLabels: number;
  readonly goodLabels: number;
  readonly paidByKind: Readonly<Partial<Record<Kind, number>>>;
  readonly refusedGood: Readonly<Record<string, number>>;
  readonly paidSpam: Readonly<Record<string, number>>;
  readonly quizAttempts: number;
  /** Mean wait for a verdict of good labels, in labels of the job. */
  readonly waited: number;
  readonly settlements: number;
  /** Items that were taken for known, and how many of them wrongly. */
  readonly known: number;
  readonly knownWrong: number;
  readonly seconds: number;
}

export function simulateJob(job: SimulatedJob, crew: readonly SimulatedLabeler[]): SimulatedOutcome {
  const started = performance.now();
  const state = new JobState(job, crew);
  state.run();
  return { ...state.figures(), seconds: (performance.now() - started) / 1000 };
}

class JobState {
  private readonly random: () => number;
  private readonly labels: string[];
  private readonly gold: number[];
  private readonly tasks: Task[];
  private readonly byId = new Map<string, Task>();
  private readonly given: Given[] = [];
  private readonly byAssignment = new Map<string, Given>();
  private readonly met = new Map<string, Map<string, number>>();
  private readonly quizzes: { labeler: string; answers: string[] }[] = [];
  private attempts = 0;
  private settlements = 0;
  private known = 0;
  private knownWrong = 0;

  private readonly job: SimulatedJob;
  private readonly crew: readonly SimulatedLabeler[];

  constructor(job: SimulatedJob, crew: readonly SimulatedLabeler[]) {
    this.job = job;
    this.crew = crew;
    this.random = randomSource(job.seed);
    this.labels = Array.from({ length: job.classes }, (_, k) => `c${k}`);
    this.gold = Array.from({ length: job.quizSize }, (_, i) => i % job.classes);
    const any = () => Math.floor(this.random() * job.classes);
    this.tasks = Array.from({ length: job.tasks }, (_, i) => ({
      item: { id: `t${String(i).padStart(6, '0')}`, truth: any(), key: any() },
      state: 'OPEN',
      overlap: job.rule.overlapMin,
      taken: 0,
      label: null,
      gold: null,
      shown: 0,
      labelers: [],
    }));
    for (const task of this.tasks) this.byId.set(task.item.id, task);
    for (const labeler of crew) {
      const known = this.gold.map((k) => this.labels[k]!);
      const passes = (answers: readonly number[]) =>
        gradeQuiz(
          answers.map((k) => this.labels[k]!),
          known,
          job.quizPassBps,
        ).passed;
      const { answers, attempts } = quizOf(labeler, this.gold, job.classes, passes);
      this.quizzes.push({ labeler: labeler.name, answers: answers.map((k) => this.labels[k]!) });
      if (labeler.kind !== 'honest') this.attempts += attempts;
      this.met.set(labeler.name, new Map());
    }
  }

  run(): void {
    for (let idle = 0; idle < 2;) {
      let done = 0;
      for (const labeler of this.shuffled(this.crew)) {
        if (!this.work(labeler)) continue;
        done += 1;
        if (this.given.length % this.job.labelsPerRound === 0) this.settle(false);
      }
      this.settle(false);
      idle = done === 0 ? idle + 1 : 0;
    }
    for (let i = 0; i < 3; i += 1) this.settle(true);
  }

  private shuffled<T>(values: readonly T[]): T[] {
    return values
      .map((value) => ({ value, at: this.random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ value }) => value);
  }

  private work(labeler: SimulatedLabeler): boolean {
    const open = this.pick(labeler);
    if (!open) return false;
    const known = this.random() * 10_000 < this.job.hiddenGoldBps ? this.pickGold(labeler) : undefined;
    const task = known ?? open;
    const answer = answerOf(labeler, task.item, this.job.classes, known !== undefined);
    const met = this.met.get(labeler.name)!;
    for (const other of task.labelers) {
      met.set(other, (met.get(other) ?? 0) + 1);
      this.met.get(other)!.set(labeler.name, (this.met.get(other)!.get(labeler.name) ?? 0) + 1);
    }
    task.labelers.push(labeler.name);
    if (!known) task.taken += 1;
    const given: Given = {
      assignmentId: `${task.item.id}/${labeler.name}`,
      task,
      labeler,
      value: this.labels[answer.label]!,
      kind: known ? 'GOLD' : 'LABEL',
      spam: answer.spam,
      verdict: 'PENDING',
      reason: 'PENDING',
      waited: 0,
      at: this.given.length,
      round: this.settlements,
    };
    this.given.push(given);
    this.byAssignment.set(given.assignmentId, given);
    return true;
  }

  /** As AssignmentRepository.pick: tasks begun first, among those the labelers met least. */
  private pick({ name }: SimulatedLabeler): Task | undefined {
    const met = this.met.get(name)!;
    const open = this.tasks.filter((t) => t.state === 'OPEN' && t.taken < t.overlap && !t.labelers.includes(name));
    if (open.length === 0) return undefined;
    const ranked = this.shuffled(open)
      .sort((a, b) => b.taken - a.taken)
      .slice(0, CANDIDATES)
      .map((task) => ({ task, met: task.labelers.reduce((sum, other) => sum + (met.get(other) ?? 0), 0) }));
    ranked.sort((a, b) => Number(a.task.taken === 0) - Number(b.task.taken === 0) || a.met - b.met);
    return ranked[0]!.task;
  }

  private pickGold({ name }: SimulatedLabeler): Task | undefined {
    const known = this.tasks.filter(
      (t) => t.gold !== null && t.state === 'RESOLVED' && t.shown < SHOWN_AT_MOST && !t.labelers.includes(name),
    );
    const least = this.shuffled(known).sort((a, b) => a.shown - b.shown)[0];
    if (least) least.shown += 1;
    return least;
  }

  private settle(final: boolean): void {
    this.settlements += 1;
    const settlement = settle(this.input(final));
    for (const { taskId, overlap } of settlement.asks) {
      const task = this.byId.get(taskId)!;
      task.overlap = Math.max(task.overlap, overlap);
    }
    for (const { taskId, state, label, gold, verdicts } of settlement.outcomes) {
      const task = this.byId.get(taskId)!;
      task.state = state;
      task.label = label;
      if (gold && this.job.hiddenGoldBps > 0) {
        task.gold = label;
        this.known += 1;
        if (label !== this.labels[task.item.truth]) this.knownWrong += 1;
      }
      this.judge(verdicts);
    }
    for (const { taskId, label } of settlement.retired) {
      const task = this.byId.get(taskId)!;
      task.gold = null;
      task.label = label;
      for (const given of this.given) {
        if (given.task === task && given.reason.startsWith('GOLD_FAILED')) {
          given.verdict = 'PAID';
          given.reason = 'GOLD_RETIRED';
        }
      }
    }
    this.judge(settlement.verdicts);
  }

  private judge(verdicts: readonly JudgedAnnotation[]): void {
    for (const { assignmentId, verdict } of verdicts) {
      const given = this.byAssignment.get(assignmentId)!;
      if (given.verdict !== 'PENDING') continue;
      given.verdict = verdict.verdict;
      given.reason = verdict.reason;
      given.waited = this.given.length - given.at;
    }
  }

  private input(final: boolean): SettlementInput {
    return {
      labels: this.labels,
      rule: this.job.rule,
      patience: this.job.patience,
      final,
      adjudicators: false,
      gold: this.gold.map((k) => this.labels[k]!),
      quizzes: this.quizzes,
      hiddenGold: this.tasks.flatMap((t) => (t.gold === null ? [] : [{ taskId: t.item.id, label: t.gold }])),
      tasks: this.tasks.flatMap((t) => (t.state === 'OPEN' ? [{ id: t.item.id, taken: t.taken, reports: 0 }] : [])),
      annotations: this.given.map(({ assignmentId, task, labeler, value, kind, verdict, round }) => ({
        assignmentId,
        taskId: task.item.id,
        labeler: labeler.name,
        value,
        kind,
        tooFast: false,
        round,
        pending: verdict === 'PENDING',
        overdue: false,
        late: verdict === 'PENDING' && (task.state === 'RESOLVED' || task.state === 'UNRESOLVED'),
      })),
      adjudications: [],
      appeals: [],
    };
  }

  figures(): Omit<SimulatedOutcome, 'seconds'> {
    const paid = (of: readonly Given[]) =>
      of.filter(({ verdict }) => verdict === 'PAID').length / Math.max(1, of.length);
    const truthOf = ({ task }: Given) => this.labels[task.item.truth]!;
    const spam = this.given.filter((given) => given.spam);
    const good = this.given.filter((given) => !given.spam && given.value === truthOf(given));
    const reasons = (of: readonly Given[]) => {
      const counts: Record<string, number> = {};
      for (const { reason } of of) {
        const code = reason.split(' ')[0]!;
        counts[code] = (counts[code] ?? 0) + 1;
      }
      return counts;
    };
    const right = this.tasks.filter(({ label, item }) => label === this.labels[item.truth]).length;
    const kinds = [...new Set(spam.map(({ labeler }) => labeler.kind))].sort();
    return {
      labels: this.given.length,
      labelsPerTask: this.given.length / this.tasks.length,
      accuracy: right / this.tasks.length,
      spamPaid: paid(spam),
      goodPaid: paid(good),
      spamLabels: spam.length,
      goodLabels: good.length,
      paidByKind: Object.fromEntries(kinds.map((kind) => [kind, paid(spam.filter((g) => g.labeler.kind === kind))])),
      refusedGood: reasons(good.filter(({ verdict }) => verdict !== 'PAID')),
      paidSpam: reasons(spam.filter(({ verdict }) => verdict === 'PAID')),
      quizAttempts: this.attempts,
      waited: good.reduce((sum, { waited }) => sum + waited, 0) / Math.max(1, good.length),
      settlements: this.settlements,
      known: this.known,
      knownWrong: this.knownWrong,
    };
  }
}
