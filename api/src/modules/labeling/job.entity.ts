import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { JobState } from './job-state.ts';
import type { JobRules } from './rules.ts';

/** A labeling job. Money is token base units, decimal. */
@Entity('labeling_job')
export class JobEntity {
  @PrimaryColumn({ type: 'text' })
  id: string;

  @Column({ name: 'dataset_id', type: 'text' })
  datasetId: string;

  @Column({ type: 'text' })
  requester: string;

  @Column({ type: 'text' })
  salt: string;

  @Column({ type: 'text' })
  title: string;

  @Column({ type: 'text' })
  instructions: string;

  @Column({ type: 'jsonb' })
  labels: string[];

  @Column({ type: 'numeric' })
  price: string;

  @Column({ type: 'numeric' })
  budget: string;

  @Column({ name: 'daily_cap', type: 'numeric' })
  dailyCap: string;

  @Column({ name: 'quiz_budget', type: 'numeric' })
  quizBudget: string;

  @Column({ name: 'overlap_min', type: 'int' })
  overlapMin: number;

  @Column({ name: 'overlap_max', type: 'int' })
  overlapMax: number;

  @Column({ name: 'seconds_per_task', type: 'int' })
  secondsPerTask: number;

  @Column({ type: 'text' })
  signer: string;

  @Column({ type: 'jsonb' })
  rules: JobRules;

  @Column({ name: 'rule_hash', type: 'text' })
  ruleHash: string;

  @Column({ type: 'text' })
  state: JobState;

  @Column({ name: 'approval_signature', type: 'text', nullable: true })
  approvalSignature: string | null;

  @Column({ name: 'approval_deadline', type: 'bigint', nullable: true })
  approvalDeadline: string | null;

  /** Raised on chain, by confirmed events. */
  @Column({ type: 'numeric' })
  reserved: string;

  /** Largest amount that a raise was asked for. */
  @Column({ name: 'reserve_asked', type: 'numeric' })
  reserveAsked: string;

  /** Owed at most: earned, waiting for a verdict, leased, and quiz pay. Never above `reserved` when a lease is signed. */
  @Column({ type: 'numeric' })
  committed: string;

  @Column({ name: 'quiz_granted', type: 'numeric' })
  quizGranted: string;

  /** Paid on chain, by confirmed events. */
  @Column({ type: 'numeric' })
  paid: string;

  /** Counts annotations, ended leases and closing; a settlement is due while it is ahead of `settledNews`. */
  @Column({ type: 'bigint' })
  news: string;

  @Column({ name: 'settled_news', type: 'bigint' })
  settledNews: string;

  /** Settlements so far. */
  @Column({ type: 'int', default: 0 })
  round: number;

  /** Part of the budget that tops up pay to the wage floor, and what of it is spent. */
  @Column({ name: 'wage_reserve', type: 'numeric', default: '0' })
  wageReserve: string;

  @Column({ name: 'wage_granted', type: 'numeric', default: '0' })
  wageGranted: string;

  /** Median time of one label, from the quiz or the first labelers; null until enough have worked. */
  @Column({ name: 'measured_ms', type: 'int', nullable: true })
  measuredMs: number | null;

  /** Address of the published votes. */
  @Column({ name: 'votes_cid', type: 'text', nullable: true })
  votesCid: string | null;

  @Column({ name: 'created_at', type: 'timestamptz', insert: false })
  createdAt: Date;
}
