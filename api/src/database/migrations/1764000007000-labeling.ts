import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Jobs, quizzes, tasks, assignments, annotations. */
export class Labeling1764000007000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE labeling_job (
        id text PRIMARY KEY,
        dataset_id text NOT NULL,
        requester text NOT NULL,
        salt text NOT NULL,
        title text NOT NULL,
        instructions text NOT NULL,
        labels jsonb NOT NULL,
        price numeric(39) NOT NULL CHECK (price > 0),
        budget numeric(39) NOT NULL CHECK (budget > 0),
        daily_cap numeric(39) NOT NULL,
        quiz_budget numeric(39) NOT NULL,
        overlap_min int NOT NULL,
        overlap_max int NOT NULL,
        seconds_per_task int NOT NULL,
        signer text NOT NULL,
        rules jsonb NOT NULL,
        rule_hash text NOT NULL,
        state text NOT NULL DEFAULT 'DRAFT' CHECK (state IN ('DRAFT', 'APPROVED', 'OPEN', 'CLOSED')),
        approval_signature text,
        approval_deadline bigint,
        reserved numeric(39) NOT NULL DEFAULT 0,
        reserve_asked numeric(39) NOT NULL DEFAULT 0,
        committed numeric(39) NOT NULL DEFAULT 0 CHECK (committed >= 0),
        quiz_granted numeric(39) NOT NULL DEFAULT 0,
        paid numeric(39) NOT NULL DEFAULT 0,
        news bigint NOT NULL DEFAULT 0,
        settled_news bigint NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL DEFAULT now(),
        CHECK (overlap_min >= 1 AND overlap_max >= overlap_min),
        CHECK (quiz_granted <= quiz_budget),
        CHECK (committed <= budget)
      );
      CREATE INDEX labeling_job_unsettled ON labeling_job (id) WHERE news > settled_news;
      CREATE INDEX labeling_job_dataset ON labeling_job (dataset_id, state);

      CREATE TABLE quiz_item (
        job_id text NOT NULL REFERENCES labeling_job (id),
        position int NOT NULL,
        media_type text NOT NULL,
        content_base64 text NOT NULL,
        answer text NOT NULL,
        PRIMARY KEY (job_id, position)
      );

      CREATE TABLE qualification (
        job_id text NOT NULL REFERENCES labeling_job (id),
        labeler text NOT NULL,
        state text NOT NULL CHECK (state IN ('PASSED', 'QUALIFIED', 'FAILED')),
        answers jsonb NOT NULL,
        correct int NOT NULL,
        total int NOT NULL,
        reason text NOT NULL,
        pay numeric(39) NOT NULL DEFAULT 0,
        listing text,
        taken_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (job_id, labeler)
      );

      CREATE TABLE labeling_task (
        id text PRIMARY KEY,
        job_id text NOT NULL REFERENCES labeling_job (id),
        contribution_id text NOT NULL,
        state text NOT NULL DEFAULT 'OPEN' CHECK (state IN ('OPEN', 'RESOLVED', 'UNRESOLVED', 'CANCELLED')),
        overlap int NOT NULL,
        taken int NOT NULL DEFAULT 0 CHECK (taken >= 0),
        submitted int NOT NULL DEFAULT 0 CHECK (submitted <= taken),
        reports int NOT NULL DEFAULT 0,
        label text,
        posterior double precision,
        reason text,
        resolved_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (job_id, contribution_id)
      );
      CREATE INDEX labeling_task_available ON labeling_task (job_id, taken DESC) WHERE state = 'OPEN';
      CREATE INDEX labeling_task_contribution ON labeling_task (contribution_id);

      CREATE TABLE assignment (
        id uuid PRIMARY KEY,
        job_id text NOT NULL REFERENCES labeling_job (id),
        task_id text NOT NULL REFERENCES labeling_task (id),
        contribution_id text NOT NULL,
        labeler text NOT NULL,
        price numeric(39) NOT NULL,
        deadline bigint NOT NULL,
        auto_approve_at bigint NOT NULL,
        state text NOT NULL DEFAULT 'LEASED'
          CHECK (state IN ('LEASED', 'SUBMITTED', 'SKIPPED', 'REPORTED', 'EXPIRED')),
        lease_signature text,
        report_reason text,
        leased_at timestamptz NOT NULL DEFAULT now(),
        ended_at timestamptz,
        UNIQUE (task_id, labeler),
        UNIQUE (job_id, labeler, auto_approve_at)
      );
      CREATE INDEX assignment_labeler ON assignment (labeler, job_id);
      CREATE INDEX assignment_live ON assignment (deadline) WHERE state = 'LEASED';

      CREATE TABLE annotation (
        assignment_id uuid PRIMARY KEY REFERENCES assignment (id),
        job_id text NOT NULL,
        task_id text NOT NULL REFERENCES labeling_task (id),
        labeler text NOT NULL,
        value text NOT NULL,
        salt text NOT NULL,
        commitment text NOT NULL,
        signature text NOT NULL,
        received_at bigint NOT NULL,
        receipt_signature text,
        verdict text NOT NULL DEFAULT 'PENDING' CHECK (verdict IN ('PENDING', 'PAID', 'REFUSED')),
        reason text NOT NULL DEFAULT 'PENDING',
        evidence jsonb,
        pay numeric(39) NOT NULL DEFAULT 0,
        freed boolean NOT NULL DEFAULT false,
        submitted_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (task_id, labeler)
      );
      CREATE INDEX annotation_job ON annotation (job_id);
      CREATE INDEX annotation_labeler ON annotation (labeler, job_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE annotation, assignment, labeling_task, qualification, quiz_item, labeling_job CASCADE',
    );
  }
}
