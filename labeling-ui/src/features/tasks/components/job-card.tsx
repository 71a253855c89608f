import { useId } from 'react';
import { Link } from 'react-router';
import { Address } from '../../../components/ui/address.tsx';
import { Meter } from '../../../components/ui/meter.tsx';
import type { LabelingJob } from '../../../lib/client.ts';
import { isAdjudicator } from '../../../lib/client.ts';
import { formatCents, formatMoney, isZero, left } from '../../../lib/money.ts';
import { strings } from '../../../lib/strings.ts';
import { useEscrow } from '../api/get-escrow.ts';

export function JobCard({ job, account }: { job: LabelingJob; account: string | null }) {
  const titleId = useId();
  const escrow = useEscrow(job.id);
  const budget = escrow.data?.budget ?? job.budget;
  const rest = left(budget, escrow.data?.paid ?? job.paid);
  return (
    <article className="card job" aria-labelledby={titleId}>
      <header>
        <h2 id={titleId}>{job.title}</h2>
        <p className="prose">{job.instructions}</p>
      </header>
      <dl className="figures">
        <div>
          <dt>{strings.jobs.perLabel}</dt>
          <dd className="lead">{formatMoney(job.price)}</dd>
          <dd className="hint">{strings.jobs.secondsPerTask(job.secondsPerTask)}</dd>
        </div>
        <div>
          <dt>{strings.jobs.perHour}</dt>
          <dd className="lead">{formatCents(job.hourlyPay)}</dd>
          <dd className="hint">
            {job.measuredMs === null
              ? strings.jobs.perHourHint(job.secondsPerTask)
              : strings.jobs.perHourMeasured(job.measuredMs / 1000)}
          </dd>
          {isZero(job.wageFloor) ? null : (
            <dd className="hint">{strings.jobs.wageFloor(formatCents(job.wageFloor))}</dd>
          )}
        </div>
        <div>
          <dt>{strings.jobs.escrowLeft}</dt>
          <dd className="lead">{formatMoney(rest)}</dd>
          <dd className="hint">
            {strings.jobs.escrowOf(formatMoney(budget))},{' '}
            {escrow.data === undefined ? strings.jobs.escrowUnchecked : strings.jobs.escrowChecked}
          </dd>
        </div>
      </dl>
      <div className="progress">
        <Meter share={job.resolvedCount / job.taskCount} />
        <p className="hint">
          {strings.jobs.progress(job.resolvedCount, job.taskCount)} ·{' '}
          {strings.jobs.overlap(job.overlapMin, job.overlapMax)}
        </p>
      </div>
      <footer>
        <JobAction job={job} account={account} />
        <details>
          <summary>{strings.jobs.who}</summary>
          <dl className="facts">
            <dt>{strings.jobs.requester}</dt>
            <dd>
              <Address value={job.requester} what={strings.jobs.requester} />
            </dd>
            <dt>{strings.jobs.signer}</dt>
            <dd>
              <Address value={job.signer} what={strings.jobs.signer} />
            </dd>
            <dt>{strings.jobs.dataset}</dt>
            <dd>
              <Address value={job.datasetId} what={strings.jobs.dataset} />
            </dd>
            <dt>{strings.jobs.rule}</dt>
            <dd>
              <Address value={job.ruleHash} what={strings.jobs.rule} />
            </dd>
            <dt>{strings.jobs.labels}</dt>
            <dd>{job.labels.join(', ')}</dd>
          </dl>
        </details>
      </footer>
    </article>
  );
}

function JobAction({ job, account }: { job: LabelingJob; account: string | null }) {
  const { cta } = strings.jobs;
  if (account === null) {
    return (
      <Link className="button primary" to="/sign-in" state={{ from: '/' }}>
        {cta.signIn}
      </Link>
    );
  }
  if (job.qualification === 'QUALIFIED' && isAdjudicator(job, account)) {
    return (
      <Link className="button primary" to={`/jobs/${job.id}/adjudicate`}>
        {cta.adjudicate(formatMoney(job.adjudicationPrice))}
      </Link>
    );
  }
  if (job.qualification === 'QUALIFIED') {
    return (
      <Link className="button primary" to={`/jobs/${job.id}/label`}>
        {cta.label}
      </Link>
    );
  }
  if (job.qualification === 'PASSED') {
    return (
      <p className="pending-action" role="status">
        <span className="spinner" aria-hidden="true" /> {cta.wait} <span className="hint">{strings.jobs.waitHint}</span>
      </p>
    );
  }
  if (job.qualification === 'FAILED') {
    return (
      <p className="pending-action">
        <strong>{cta.failed}.</strong> <span className="hint">{strings.jobs.failedHint}</span>
      </p>
    );
  }
  return (
    <Link className="button primary" to={`/jobs/${job.id}/quiz`}>
      {cta.quiz(job.quizSize)}
    </Link>
  );
}
