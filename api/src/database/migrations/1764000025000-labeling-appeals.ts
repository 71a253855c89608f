import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Appeals, adjudicators, hidden gold, settlement rounds and the wage floor. */
export class LabelingAppeals1764000025000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE labeling_job
        ADD COLUMN round int NOT NULL DEFAULT 0,
        ADD COLUMN wage_reserve numeric(39) NOT NULL DEFAULT 0,
        ADD COLUMN wage_granted numeric(39) NOT NULL DEFAULT 0,
        ADD COLUMN measured_ms int,
        ADD COLUMN votes_cid text,
        ADD COLUMN votes_round int,
        ADD CHECK (wage_granted <= wage_reserve);

      ALTER TABLE labeling_task
        DROP CONSTRAINT labeling_task_state_check,
        ADD CONSTRAINT labeling_task_state_check
          CHECK (state IN ('OPEN', 'ADJUDICATION', 'RESOLVED', 'UNRESOLVED', 'CANCELLED')),
        ADD COLUMN round int,
        ADD COLUMN appeals int NOT NULL DEFAULT 0 CHECK (appeals >= 0),
        ADD COLUMN gold_label text,
        ADD COLUMN gold_from int,
        ADD COLUMN gold_until int,
        ADD COLUMN gold_shown int NOT NULL DEFAULT 0;
      CREATE INDEX labeling_task_gold ON labeling_task (job_id) WHERE gold_from IS NOT NULL;
      CREATE INDEX labeling_task_appealed ON labeling_task (job_id) WHERE appeals > 0;

      ALTER TABLE assignment
        ADD COLUMN kind text NOT NULL DEFAULT 'LABEL' CHECK (kind IN ('LABEL', 'GOLD', 'ADJUDICATION')),
        ADD COLUMN extensions int NOT NULL DEFAULT 0;

      ALTER TABLE annotation
        ADD COLUMN kind text NOT NULL DEFAULT 'LABEL' CHECK (kind IN ('LABEL', 'GOLD', 'ADJUDICATION')),
        ADD COLUMN milliseconds int,
        ADD COLUMN too_fast boolean NOT NULL DEFAULT false,
        ADD COLUMN round int,
        ADD COLUMN verdict_round int,
        ADD COLUMN verdict_at timestamptz,
        ADD COLUMN appeal_until timestamptz;
      CREATE INDEX annotation_held ON annotation (job_id, appeal_until) WHERE verdict = 'REFUSED' AND NOT freed;
      UPDATE annotation SET round = 0;

      ALTER TABLE qualification ADD COLUMN round int, ADD COLUMN milliseconds int, ADD COLUMN worker int;
      UPDATE qualification q SET round = 0, worker = n.worker FROM (
        SELECT job_id, labeler, row_number() OVER (PARTITION BY job_id ORDER BY taken_at, labeler) AS worker FROM qualification
      ) n WHERE n.job_id = q.job_id AND n.labeler = q.labeler;
      ALTER TABLE qualification ALTER COLUMN worker SET NOT NULL;
      CREATE UNIQUE INDEX qualification_worker ON qualification (job_id, worker);

      CREATE TABLE labeling_round (
        job_id text NOT NULL REFERENCES labeling_job (id),
        round int NOT NULL,
        final boolean NOT NULL,
        adjudicators boolean NOT NULL,
        settled_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (job_id, round)
      );

      CREATE TABLE adjudicator (
        job_id text NOT NULL REFERENCES labeling_job (id),
        account text NOT NULL,
        state text NOT NULL CHECK (state IN ('PROPOSED', 'ACTIVE')),
        proposed_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (job_id, account)
      );

      CREATE TABLE appeal (
        assignment_id uuid PRIMARY KEY REFERENCES annotation (assignment_id),
        job_id text NOT NULL REFERENCES labeling_job (id),
        task_id text NOT NULL REFERENCES labeling_task (id),
        labeler text NOT NULL,
        text text NOT NULL,
        route text NOT NULL CHECK (route IN ('MORE_LABELS', 'ADJUDICATION')),
        wanted int NOT NULL,
        state text NOT NULL DEFAULT 'OPEN' CHECK (state IN ('OPEN', 'UPHELD', 'DENIED')),
        reason text NOT NULL,
        evidence jsonb,
        refused_for text NOT NULL,
        opened_at timestamptz NOT NULL DEFAULT now(),
        decide_by timestamptz NOT NULL,
        decided_at timestamptz,
        round int
      );
      CREATE INDEX appeal_open ON appeal (job_id, decide_by) WHERE state = 'OPEN';
      CREATE INDEX appeal_labeler ON appeal (job_id, labeler);

      CREATE TABLE quiz_start (
        job_id text NOT NULL REFERENCES labeling_job (id),
        labeler text NOT NULL,
        started_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (job_id, labeler)
      );

      ALTER TABLE earning
        DROP CONSTRAINT earning_cause_check,
        ADD CONSTRAINT earning_cause_check CHECK (cause IN ('ANNOTATION', 'QUIZ', 'WAGE_FLOOR'));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE earning DROP CONSTRAINT earning_cause_check,
        ADD CONSTRAINT earning_cause_check CHECK (cause IN ('ANNOTATION', 'QUIZ'));
      DROP TABLE quiz_start, appeal, adjudicator, labeling_round;
      ALTER TABLE qualification DROP COLUMN worker, DROP COLUMN round, DROP COLUMN milliseconds;
      ALTER TABLE annotation DROP COLUMN kind, DROP COLUMN milliseconds, DROP COLUMN too_fast, DROP COLUMN round,
        DROP COLUMN verdict_round, DROP COLUMN verdict_at, DROP COLUMN appeal_until;
      ALTER TABLE assignment DROP COLUMN kind, DROP COLUMN extensions;
      ALTER TABLE labeling_task DROP CONSTRAINT labeling_task_state_check,
        ADD CONSTRAINT labeling_task_state_check CHECK (state IN ('OPEN', 'RESOLVED', 'UNRESOLVED', 'CANCELLED')),
        DROP COLUMN round, DROP COLUMN appeals, DROP COLUMN gold_label, DROP COLUMN gold_from, DROP COLUMN gold_until,
        DROP COLUMN gold_shown;
      ALTER TABLE labeling_job DROP COLUMN round, DROP COLUMN wage_reserve, DROP COLUMN wage_granted,
        DROP COLUMN measured_ms, DROP COLUMN votes_cid, DROP COLUMN votes_round;
    `);
  }
}
