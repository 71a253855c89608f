import type {
  AnnotationOutcome,
  Earnings,
  LabelingClient,
  LabelingJob,
  OpenAssignment,
  QuizTask,
  WithdrawalRecord,
} from '../../lib/client.ts';
import { RefusedError } from '../../lib/client.ts';
import { makeEscrow } from '../factories.ts';

/** A whole network in memory, for tests and for the demo page: change its fields, read what was sent to it. */
export class MemoryNetwork {
  jobs: LabelingJob[] = [];
  quiz: { task: QuizTask; answer: string }[] = [];
  /** Leased in this order; every account gets each once. */
  tasks: OpenAssignment[] = [];
  /** Leased to adjudicators in this order. */
  disputes: OpenAssignment[] = [];
  leased = new Map<string, OpenAssignment>();
  earnings: Earnings[] = [];
  withdrawals: WithdrawalRecord[] = [];
  sent: { assignmentId: string; value: string }[] = [];
  skipped: string[] = [];
  reported: { assignmentId: string; reason: string }[] = [];
  signIns = 0;
  /** Thrown by the next calls of that name, one per call. */
  failures: { call: keyof LabelingClient; error: Error }[] = [];
  /** The real API gives a second lease while one is open; some rules may not. */
  oneAtATime = false;

  client(account: string | null): LabelingClient {
    const run = <Result>(call: keyof LabelingClient, answer: () => Result): Promise<Result> => {
      const at = this.failures.findIndex((failure) => failure.call === call);
      if (at >= 0) return Promise.reject(this.failures.splice(at, 1)[0]!.error);
      return new Promise((resolve, reject) => {
        setTimeout(() => {
          try {
            resolve(answer());
          } catch (error) {
            reject(error as Error);
          }
        }, 0);
      });
    };
    const job = (jobId: string) => this.jobs.find((candidate) => candidate.id === jobId) ?? null;
    const seen = (found: LabelingJob): LabelingJob => ({
      ...found,
      qualification: account === null ? null : found.qualification,
    });
    const end = (assignmentId: string) => {
      if (!this.leased.delete(assignmentId)) throw new RefusedError('LEASE_EXPIRED', 'the lease has run out');
    };
    return {
      account,
      signIn: () => run('signIn', () => void (this.signIns += 1)),
      signOut: () => run('signOut', () => undefined),
      listJobs: () => run('listJobs', () => this.jobs.map(seen)),
      getJob: (jobId) =>
        run('getJob', () => {
          const found = job(jobId);
          return found === null ? null : seen(found);
        }),
      getEscrow: (jobId) => run('getEscrow', () => makeEscrow(job(jobId)!)),
      getQuiz: () => run('getQuiz', () => this.quiz.map(({ task }) => task)),
      submitQuiz: (jobId, answers) =>
        run('submitQuiz', () => {
          const correct = this.quiz.filter(({ answer }, index) => answers[index] === answer).length;
          const passed = correct >= this.quiz.length * 0.8;
          this.#change(jobId, { qualification: passed ? 'PASSED' : 'FAILED' });
          return { passed, correct, total: this.quiz.length, reason: '', pay: '20000' };
        }),
      listLeased: () => run('listLeased', () => [...this.leased.values()]),
      openAssignment: (id) => run('openAssignment', () => this.leased.get(id)!),
      acceptAssignment: () =>
        run('acceptAssignment', () => {
          const open = [...this.leased.values()][0];
          if (this.oneAtATime && open !== undefined) return open;
          const task = this.tasks.shift();
          if (task === undefined) throw new RefusedError('NO_TASK', 'nothing left');
          this.leased.set(task.id, task);
          return task;
        }),
      submitAnnotation: (assignmentId, value) =>
        run('submitAnnotation', () => {
          const assignment = this.leased.get(assignmentId);
          end(assignmentId);
          this.sent.push({ assignmentId, value });
          const receivedAt = Math.floor(Date.now() / 1000);
          return { assignmentId, commitment: '0x00', receivedAt, signer: assignment?.signer ?? '0x00' };
        }),
      skipAssignment: (assignmentId) =>
        run('skipAssignment', () => {
          end(assignmentId);
          this.skipped.push(assignmentId);
        }),
      reportAssignment: (assignmentId, reason) =>
        run('reportAssignment', () => {
          end(assignmentId);
          this.reported.push({ assignmentId, reason });
        }),
      acceptAdjudication: () =>
        run('acceptAdjudication', () => {
          const task = this.disputes.shift();
          if (task === undefined) throw new RefusedError('NO_TASK', 'nothing left');
          this.leased.set(task.id, task);
          return task;
        }),
      appeal: (assignmentId, text) =>
        run('appeal', () => {
          const decideBy = new Date(Date.now() + 3 * 86_400_000).toISOString();
          const facts = { state: 'OPEN', route: 'MORE_LABELS', reason: 'APPEAL_OPEN MORE_LABELS' } as const;
          const appeal = { ...facts, text, evidence: null, decideBy };
          this.earnings = this.earnings.map((entry) => ({
            ...entry,
            outcomes: entry.outcomes.map((outcome) =>
              outcome.assignmentId === assignmentId ? { ...outcome, appealUntil: null, appeal } : outcome,
            ),
          }));
          return appeal;
        }),
      getEarnings: () => run('getEarnings', () => this.earnings),
      withdraw: (jobId) =>
        run('withdraw', () => {
          const txHash = `0x${'ab'.repeat(32)}`;
          this.earnings = this.earnings.map((entry) => {
            if (entry.jobId !== jobId) return entry;
            this.withdrawals.push({
              jobId,
              amount: entry.withdrawable,
              cumulative: entry.earned,
              txHash,
              blockNumber: 1204 + this.withdrawals.length,
            });
            return { ...entry, withdrawn: entry.earned, withdrawable: '0' };
          });
          return { txHash };
        }),
      listWithdrawals: () => run('listWithdrawals', () => [...this.withdrawals]),
    };
  }

  qualify(jobId: string): void {
    this.#change(jobId, { qualification: 'QUALIFIED' });
  }

  addOutcome(jobId: string, outcome: AnnotationOutcome): void {
    this.earnings = this.earnings.map((entry) =>
      entry.jobId === jobId ? { ...entry, outcomes: [...entry.outcomes, outcome] } : entry,
    );
  }

  #change(jobId: string, change: Partial<LabelingJob>): void {
    this.jobs = this.jobs.map((candidate) => (candidate.id === jobId ? { ...candidate, ...change } : candidate));
  }
}
