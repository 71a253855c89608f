import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { SignedReceipt, WithdrawalNotice } from '../../common/graphql/schema.generated.ts';
import { ReceiptService } from './receipt.service.ts';
import type { ReceiptFacts } from './receipt.service.ts';

const PAGE = 500;

interface ReceiptRow {
  subject: string;
  kind: number;
  contributor_ref: string;
  dataset_id: string;
  evidence: object;
  text: string;
  receipt: SignedReceipt | null;
  created_at: Date;
}

interface NoticeRow {
  id: string;
  dataset_id: string;
  contributor_ref: string;
  contribution_id: string | null;
  reason: number;
  created_at: Date;
  acknowledged_at: Date | null;
}

/** What contributors and licensees are told about withdrawals. */
@Injectable()
export class WithdrawalRecordService {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(ReceiptService) private readonly receipts: ReceiptService,
  ) {}

  /** Notes what the operator owes its word on; a second note on the same changes nothing. */
  async promise(manager: EntityManager, facts: ReceiptFacts): Promise<void> {
    await manager.query(
      `INSERT INTO withdrawal_receipt (subject, kind, contributor_ref, dataset_id, evidence, text)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
      [
        facts.subject,
        facts.kind,
        facts.contributorRef,
        facts.datasetId.toLowerCase(),
        JSON.stringify(facts.evidence),
        facts.text,
      ],
    );
  }

  /** Tells everyone who holds a license of the dataset. */
  async notify(
    manager: EntityManager,
    notice: { datasetId: string; contributorRef: string; contributionId: string | null; reason: number },
  ): Promise<void> {
    await manager.query(
      'INSERT INTO withdrawal_notice (dataset_id, contributor_ref, contribution_id, reason) VALUES ($1, $2, $3, $4)',
      [notice.datasetId.toLowerCase(), notice.contributorRef, notice.contributionId, notice.reason],
    );
  }

  /** Signed when first asked for: the worker, which sees withdrawals on chain, need not hold the receipt key. */
  async receiptsOf(contributorRef: string, datasetId: string): Promise<SignedReceipt[]> {
    const rows: ReceiptRow[] = await this.source.query(
      'SELECT * FROM withdrawal_receipt WHERE contributor_ref = $1 AND dataset_id = $2 ORDER BY created_at, subject',
      [contributorRef, datasetId.toLowerCase()],
    );
    return Promise.all(rows.map((row) => row.receipt ?? this.sign(row)));
  }

  async notices(datasetId: string, after: string | null, account: string | null): Promise<WithdrawalNotice[]> {
    const rows: NoticeRow[] = await this.source.query(
      `SELECT n.*, a.created_at AS acknowledged_at FROM withdrawal_notice n
       LEFT JOIN withdrawal_acknowledgement a ON a.notice_id = n.id AND a.account = $3
       WHERE n.dataset_id = $1 AND n.id > $2 ORDER BY n.id LIMIT ${PAGE}`,
      [datasetId.toLowerCase(), idOf(after ?? '0'), account],
    );
    return rows.map((row) => ({
      id: row.id,
      datasetId: row.dataset_id,
      contributorRef: row.contributor_ref,
      contributionId: row.contribution_id,
      reason: row.reason,
      at: row.created_at,
      acknowledgedAt: row.acknowledged_at,
    })) as never;
  }

  async acknowledge(account: string, ids: readonly string[]): Promise<number> {
    const rows: unknown[] = await this.source.query(
      `INSERT INTO withdrawal_acknowledgement (notice_id, account)
       SELECT id, $2 FROM withdrawal_notice WHERE id = ANY($1::bigint[]) ON CONFLICT DO NOTHING RETURNING notice_id`,
      [ids.map(idOf), account],
    );
    return rows.length;
  }

  private async sign(row: ReceiptRow): Promise<SignedReceipt> {
    const { subject, kind, evidence, text } = row;
    const facts = { contributorRef: row.contributor_ref, datasetId: row.dataset_id, subject, kind, evidence, text };
    const receipt = await this.receipts.sign(facts, row.created_at);
    await this.source.query(
      'UPDATE withdrawal_receipt SET receipt = $3 WHERE subject = $1 AND kind = $2 AND receipt IS NULL',
      [subject, kind, JSON.stringify(receipt)],
    );
    return receipt;
  }
}

/** Ids are counted; anything else names nothing. */
const idOf = (id: string): string => (/^\d{1,18}$/.test(id) ? id : '0');
