import { fileToDag, jsonBytes } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { ENV } from '../../../config/config.module.ts';
import type { Env } from '../../../config/env.ts';
import { ContentStore } from '../../../integrations/storage/content-store.port.ts';
import { OutboxRegistry } from '../../../jobs/outbox.registry.ts';
import { JobEntity } from '../job.entity.ts';
import { QuizItemEntity } from '../quiz-item.entity.ts';
import { scorerHash } from '../rules.ts';
import type {
  PublishedAppeal,
  PublishedTask,
  PublishedVote,
  PublishedVotes,
  PublishedWorker,
} from './published-votes.ts';

const PUBLISH_EVERY_MS = 5_000;

/** Publishes the votes of closed jobs as soon as everything given is judged, and again when an appeal changes something. */
@Injectable()
export class VotesPublisher implements OnModuleInit {
  constructor(
    @Inject(ENV) private readonly env: Env,
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(OutboxRegistry) private readonly registry: OutboxRegistry,
    @Inject(ContentStore) private readonly store: ContentStore,
  ) {}

  onModuleInit(): void {
    this.registry.every('labeling.publish-votes', PUBLISH_EVERY_MS, () => this.publishAll());
  }

  async publishAll(): Promise<void> {
    const due: { id: string }[] = await this.source.query(
      `SELECT id FROM labeling_job j WHERE state = 'CLOSED' AND round > coalesce(votes_round, -1)
         AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.job_id = j.id AND a.state = 'LEASED')
         AND NOT EXISTS (SELECT 1 FROM annotation n WHERE n.job_id = j.id AND n.verdict = 'PENDING')`,
    );
    for (const { id } of due) await this.publish(id);
  }

  /** Returns the CID. All rows are of one moment; the settlement waits meanwhile. */
  async publish(jobId: string): Promise<string> {
    const { file, round } = await this.source.transaction('REPEATABLE READ', async (manager) => {
      const job = await manager.findOneByOrFail(JobEntity, { id: jobId });
      return { file: await this.fileOf(manager, job), round: job.round };
    });
    const dag = fileToDag(jsonBytes(file));
    for (const { cid, bytes } of [...dag.leaves, ...dag.blocks]) await this.store.put(cid.toString(), bytes);
    const cid = dag.root.toString();
    await this.source.query('UPDATE labeling_job SET votes_cid = $2, votes_round = $3 WHERE id = $1', [
      jobId,
      cid,
      round,
    ]);
    return cid;
  }

  private async fileOf(manager: EntityManager, job: JobEntity): Promise<PublishedVotes> {
    const quiz = await manager.find(QuizItemEntity, { where: { jobId: job.id }, order: { position: 'ASC' } });
    const accounts: { labeler: string }[] = await manager.query(
      `SELECT labeler FROM qualification WHERE job_id = $1 AND state <> 'FAILED' ORDER BY labeler COLLATE "C"`,
      [job.id],
    );
    return {
      v: 1,
      type: 'allod/votes',
      jobId: job.id,
      datasetId: job.datasetId,
      chainId: this.env.CHAIN_ID,
      labelEscrow: this.env.CONTRACTS.LabelEscrow,
      rules: job.rules,
      ruleHash: job.ruleHash,
      scorerHash: scorerHash(),
      gold: quiz.map(({ answer }) => answer),
      accounts: accounts.map(({ labeler }) => labeler),
      workers: await this.workers(manager, job.id),
      rounds: await manager.query(
        'SELECT round, final, adjudicators FROM labeling_round WHERE job_id = $1 ORDER BY round',
        [job.id],
      ),
      tasks: await this.tasks(manager, job.id),
      votes: await this.votes(manager, job.id),
      appeals: await this.appeals(manager, job.id),
    };
  }

  private workers(manager: EntityManager, jobId: string): Promise<PublishedWorker[]> {
    return manager.query(
      `${NUMBERS} SELECT w.worker, q.answers AS quiz, q.round, trunc(q.pay)::text AS "quizPay",
         (SELECT trunc(coalesce(sum(e.amount), 0))::text FROM earning e WHERE e.job_id = $1 AND e.labeler = w.labeler) AS earned
       FROM numbers w JOIN qualification q ON q.job_id = $1 AND q.labeler = w.labeler ORDER BY w.worker`,
      [jobId],
    );
  }

  private tasks(manager: EntityManager, jobId: string): Promise<PublishedTask[]> {
    return manager.query(
      `SELECT id AS "taskId", state, label, reason, round, gold_label AS "goldLabel", gold_from AS "goldFrom",
         gold_until AS "goldUntil" FROM labeling_task WHERE job_id = $1 ORDER BY id COLLATE "C"`,
      [jobId],
    );
  }

  private votes(manager: EntityManager, jobId: string): Promise<PublishedVote[]> {
    return manager.query(
      `${NUMBERS} SELECT n.task_id AS "taskId", w.worker, n.kind, n.value, n.salt, n.commitment, n.too_fast AS "tooFast",
         n.round, n.verdict_round AS "verdictRound", n.verdict, n.reason, n.evidence, trunc(n.pay)::text AS pay,
         trunc(coalesce(e.amount, 0))::text AS "topUp"
       FROM annotation n JOIN numbers w ON w.labeler = n.labeler
       LEFT JOIN earning e ON e.cause = 'WAGE_FLOOR' AND e.cause_id = n.assignment_id::text
       WHERE n.job_id = $1 ORDER BY n.task_id COLLATE "C", w.worker`,
      [jobId],
    );
  }

  private appeals(manager: EntityManager, jobId: string): Promise<PublishedAppeal[]> {
    return manager.query(
      `${NUMBERS} SELECT p.task_id AS "taskId", w.worker, p.route, p.wanted, p.state, p.reason, p.evidence,
         p.refused_for AS "refusedFor", p.round
       FROM appeal p JOIN numbers w ON w.labeler = p.labeler
       WHERE p.job_id = $1 ORDER BY p.task_id COLLATE "C", w.worker`,
      [jobId],
    );
  }
}

/** Numbers are given in the order in which quizzes are handed in, which the model sums in. */
const NUMBERS = `WITH numbers AS (SELECT labeler, worker FROM qualification WHERE job_id = $1 AND state <> 'FAILED')`;
