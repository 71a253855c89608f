import { Code } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { answer, refuse, refuseUnless } from '../../common/errors/refusal.ts';
import type { Refusal } from '../../common/errors/refusal.ts';
import type { QuizResult, QuizTask } from '../../common/graphql/schema.generated.ts';
import { OutboxService } from '../../jobs/outbox.service.ts';
import { LIST_LABELERS } from './escrow.job.ts';
import { JobEntity } from './job.entity.ts';
import { QualificationEntity } from './qualification.entity.ts';
import { gradeQuiz } from './quiz-grade.ts';
import { QuizItemEntity } from './quiz-item.entity.ts';
import { nextWorkerNumber } from './worker-number.ts';

/** Public items with known labels: who passes is listed on chain. */
@Injectable()
export class QuizService {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(OutboxService) private readonly outbox: OutboxService,
  ) {}

  /** The first look of a signed-in account starts the clock that tells how long such items take. */
  async items(jobId: string, labeler: string | null): Promise<QuizTask[]> {
    if (labeler) {
      await this.source.query(
        `INSERT INTO quiz_start (job_id, labeler) SELECT id, $2 FROM labeling_job WHERE id = $1 ON CONFLICT DO NOTHING`,
        [jobId, labeler],
      );
    }
    const items = await this.itemsOf(this.source.manager, jobId);
    return items.map(({ position, mediaType, contentBase64 }) => ({ index: position, mediaType, contentBase64 }));
  }

  submit(labeler: string, jobId: string, answers: string[]): Promise<QuizResult | Refusal> {
    return answer(() => this.source.transaction((manager) => this.grade(manager, labeler, jobId, answers)));
  }

  private async grade(manager: EntityManager, labeler: string, jobId: string, answers: string[]): Promise<QuizResult> {
    const job = await manager.findOne(JobEntity, { where: { id: jobId }, lock: { mode: 'pessimistic_write' } });
    if (!job) refuse(Code.NOT_FOUND, 'No such job');
    refuseUnless(job.state === 'OPEN', Code.JOB_STATE, `The job is ${job.state}`);
    const taken = await manager.existsBy(QualificationEntity, { jobId, labeler });
    refuseUnless(!taken, Code.QUIZ_TAKEN, 'One attempt per account');
    refuseUnless(
      answers.every((label) => job.labels.includes(label)),
      Code.UNKNOWN_LABEL,
      'An answer is not a label of this job',
    );
    const items = await this.itemsOf(manager, jobId);
    refuseUnless(answers.length === items.length, Code.BAD_INPUT, `${items.length} answers are expected`);
    const grade = gradeQuiz(
      answers,
      items.map((item) => item.answer),
      job.rules.quizPassBps,
    );
    const pay = grade.passed ? await this.grantPay(manager, job) : 0n;
    await manager.insert(QualificationEntity, {
      jobId,
      labeler,
      answers,
      correct: grade.correct,
      total: grade.total,
      reason: grade.reason,
      state: grade.passed ? 'PASSED' : 'FAILED',
      pay: pay.toString(),
      milliseconds: await this.timeOf(manager, jobId, labeler),
      worker: await nextWorkerNumber(manager, jobId),
    });
    if (grade.passed) await this.outbox.enqueue(manager, LIST_LABELERS, `${jobId}:${labeler}`, { jobId });
    return { ...grade, pay: pay.toString() };
  }

  /** One price per item, as far as the quiz budget and the escrow reach. The job row is locked by the caller. */
  private async grantPay(manager: EntityManager, job: JobEntity): Promise<bigint> {
    const wanted = BigInt(job.price) * BigInt(job.rules.quizSize);
    const left = [BigInt(job.quizBudget) - BigInt(job.quizGranted), BigInt(job.budget) - BigInt(job.committed)];
    const pay = left.reduce((least, amount) => (amount < least ? amount : least), wanted);
    if (pay <= 0n) return 0n;
    await manager.query(
      'UPDATE labeling_job SET quiz_granted = quiz_granted + $2, committed = committed + $2 WHERE id = $1',
      [job.id, pay.toString()],
    );
    return pay;
  }

  private async timeOf(manager: EntityManager, jobId: string, labeler: string): Promise<number | null> {
    const [row]: { ms: number }[] = await manager.query(
      `SELECT least(extract(epoch FROM now() - started_at) * 1000, 86400000)::int AS ms FROM quiz_start
       WHERE job_id = $1 AND labeler = $2`,
      [jobId, labeler],
    );
    return row?.ms ?? null;
  }

  private itemsOf(manager: EntityManager, jobId: string): Promise<QuizItemEntity[]> {
    return manager.find(QuizItemEntity, { where: { jobId }, order: { position: 'ASC' } });
  }
}
