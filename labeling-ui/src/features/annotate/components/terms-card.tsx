import { Address } from '../../../components/ui/address.tsx';
import type { EscrowBalance, LabelingJob } from '../../../lib/client.ts';
import { formatCents, formatMoney, left } from '../../../lib/money.ts';
import { strings } from '../../../lib/strings.ts';

interface TermsCardProps {
  job: LabelingJob;
  /** Undefined until the chain has answered. */
  escrow: EscrowBalance | undefined;
  /** Each signature opens a prompt of the wallet. */
  promptsWallet: boolean;
  onAccept(): void;
}

/** Everything that a labeler agrees to, before the first lease. */
export function TermsCard({ job, escrow, promptsWallet, onAccept }: TermsCardProps) {
  const { terms } = strings.label;
  const rest = formatMoney(left(escrow?.budget ?? job.budget, escrow?.paid ?? job.paid));
  return (
    <section className="card terms" aria-labelledby="terms-title">
      <h2 id="terms-title">{strings.label.termsTitle}</h2>
      <dl className="figures">
        <div>
          <dt>{terms.pay}</dt>
          <dd className="lead">{formatMoney(job.price)}</dd>
        </div>
        <div>
          <dt>{terms.hourly}</dt>
          <dd className="lead">{formatCents(job.hourlyPay)}</dd>
          <dd className="hint">
            {terms.hourlyHint(job.measuredMs === null ? job.secondsPerTask : job.measuredMs / 1000)}
          </dd>
        </div>
        <div>
          <dt>{terms.escrow}</dt>
          <dd className="lead">{rest}</dd>
          <dd className="hint">{escrow === undefined ? strings.jobs.escrowUnchecked : strings.jobs.escrowChecked}</dd>
        </div>
      </dl>
      <p className="prose">{job.instructions}</p>
      <p className="prose">
        <strong>{terms.rule}</strong> {terms.ruleText}
      </p>
      <p className="prose">
        <strong>{terms.skip}</strong> {terms.skipText}
      </p>
      <p className="prose">
        <strong>{terms.agreementTitle}</strong> {terms.agreement}
      </p>
      <p>
        {terms.signer} <Address value={escrow?.signer ?? job.signer} what={strings.jobs.signer} />
      </p>
      {promptsWallet ? <p className="prose">{terms.walletPrompts}</p> : null}
      <button type="button" className="primary large" onClick={onAccept}>
        {strings.label.accept} · {formatMoney(job.price)}
      </button>
    </section>
  );
}
