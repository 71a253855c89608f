import type { AppealRoute, AppealState } from './appeal-state.ts';
import type { AssignmentKind } from './assignment-kind.ts';
import type { StoppingRule } from './consensus/stopping.ts';
import type { VerdictEvidence } from './consensus/verdict.ts';

/** Everything that a settlement depends on: plain data, so that anyone can run it again. */
export interface SettlementInput {
  readonly labels: readonly string[];
  readonly rule: StoppingRule;
  readonly patience: Patience;
  /** The job is closed: no further labels will come. */
  readonly final: boolean;
  /** Somebody is there to decide what labelers cannot. */
  readonly adjudicators: boolean;
  /** Known labels of the quiz, and the answers of each labeler who passed it. */
  readonly gold: readonly string[];
  readonly quizzes: readonly { readonly labeler: string; readonly answers: readonly string[] }[];
  /** Items of the job whose answer is known well enough to test labelers with it. */
  readonly hiddenGold: readonly KnownTask[];
  /** Tasks without a decision; with none left, nobody is waited for. */
  readonly tasks: readonly OpenTask[];
  /** All labels of the job, decided ones too: they teach the model. */
  readonly annotations: readonly SubmittedAnnotation[];
  /** Decisions of adjudicators on tasks that labelers have not decided. */
  readonly adjudications: readonly KnownTask[];
  readonly appeals: readonly OpenAppeal[];
}

/** How much has to be known about a labeler before labels are judged. */
export interface Patience {
  /** Verdicts wait until the labeler has given so many labels in the job, or a clock runs out; 0 waits for nobody. */
  readonly holdLabels: number;
  /** The information gate also looks at the last so many labels alone; 0 looks at all of them only. */
  readonly recentLabels: number;
}

export interface KnownTask {
  readonly taskId: string;
  readonly label: string;
}

export interface OpenTask {
  readonly id: string;
  /** Live leases plus annotations. */
  readonly taken: number;
  readonly reports: number;
  /** The labels disagree and an adjudicator has been asked. */
  readonly disputed?: boolean;
}

export interface SubmittedAnnotation {
  readonly assignmentId: string;
  readonly taskId: string;
  readonly labeler: string;
  readonly value: string;
  readonly kind: Exclude<AssignmentKind, 'ADJUDICATION'>;
  readonly tooFast: boolean;
  /** Settlement that first knew it. */
  readonly round: number;
  /** There is no verdict yet. */
  readonly pending: boolean;
  /** The time for a verdict has run out. */
  readonly overdue: boolean;
  /** Comes late: its task is decided, and nothing more is awaited there. */
  readonly late: boolean;
}

export interface OpenAppeal {
  readonly assignmentId: string;
  readonly taskId: string;
  readonly labeler: string;
  readonly value: string;
  readonly route: AppealRoute;
  /** Labels that its task should have. */
  readonly wanted: number;
  /** Labels are still being given. */
  readonly busy: boolean;
  readonly overdue: boolean;
  /** What an adjudicator said since the appeal. */
  readonly adjudicated: string | null;
}

/** The numbers behind a verdict. */
export type Evidence = VerdictEvidence | Readonly<Record<string, unknown>>;

export interface GivenVerdict {
  readonly verdict: 'PAID' | 'REFUSED';
  readonly reason: string;
  readonly evidence: Evidence | null;
}

export interface JudgedAnnotation {
  readonly assignmentId: string;
  readonly labeler: string;
  readonly verdict: GivenVerdict;
}

export interface TaskOutcome {
  readonly taskId: string;
  readonly state: 'ADJUDICATION' | 'RESOLVED' | 'UNRESOLVED' | 'CANCELLED';
  readonly label: string | null;
  readonly posterior: number | null;
  readonly reason: string;
  /** The annotations that this was decided on. */
  readonly labels: number;
  /** Known well enough to test others with it. */
  readonly gold: boolean;
  readonly verdicts: readonly JudgedAnnotation[];
}

export interface AppealOutcome {
  readonly assignmentId: string;
  readonly taskId: string;
  readonly labeler: string;
  readonly state: Exclude<AppealState, 'OPEN'>;
  readonly reason: string;
  readonly evidence: Evidence;
  /** The label that the task has from now on; null leaves it. */
  readonly label: string | null;
}

export interface Settlement {
  readonly outcomes: readonly TaskOutcome[];
  /** Tasks that want one more label. */
  readonly asks: readonly { readonly taskId: string; readonly overlap: number }[];
  /** Verdicts that do not wait for a task: on known items, after a decision, after the time for one. */
  readonly verdicts: readonly JudgedAnnotation[];
  /** Known items that good labelers contradict, with what the labels say; refusals for their sake are undone. */
  readonly retired: readonly KnownTask[];
  readonly appeals: readonly AppealOutcome[];
  /** The next settlement is due at once: labels waited for an appeal, or for a labeler who has nothing left to label. */
  readonly again: boolean;
}
