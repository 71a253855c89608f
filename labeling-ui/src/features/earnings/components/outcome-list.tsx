import { useState } from 'react';
import type { AnnotationOutcome, Verdict } from '../../../lib/client.ts';
import { formatMoney } from '../../../lib/money.ts';
import { explainEvidence, explainVerdict, verdictCode } from '../../../lib/reasons.ts';
import { strings } from '../../../lib/strings.ts';
import { formatMoment } from '../../../lib/time.ts';
import { AppealPanel } from './appeal-panel.tsx';

const FILTERS = ['ALL', 'PAID', 'PENDING', 'REFUSED'] as const;
const PAGE = 25;

/** Every answer with its verdict, the reason in words, and the figures behind it. */
export function OutcomeList({ outcomes }: { outcomes: AnnotationOutcome[] }) {
  const [filter, setFilter] = useState<'ALL' | Verdict>('ALL');
  const [shown, setShown] = useState(PAGE);
  const count = (name: (typeof FILTERS)[number]) =>
    name === 'ALL' ? outcomes.length : outcomes.filter((outcome) => outcome.verdict === name).length;
  const chosen = outcomes
    .filter((outcome) => filter === 'ALL' || outcome.verdict === filter)
    .sort((a, b) => b.submittedAt.localeCompare(a.submittedAt));
  const { columns } = strings.earnings;
  return (
    <section>
      <fieldset className="filters">
        <legend>{strings.earnings.filter}</legend>
        {FILTERS.map((name) => (
          <button
            key={name}
            type="button"
            className="small"
            aria-pressed={filter === name}
            onClick={() => setFilter(name)}
          >
            {strings.earnings.filters[name]} <span className="hint">{count(name)}</span>
          </button>
        ))}
      </fieldset>
      {chosen.length === 0 ? (
        <p className="hint">{strings.earnings.noOutcomes}</p>
      ) : (
        <div className="scroll" tabIndex={0} role="region" aria-label={strings.earnings.outcomes(chosen.length)}>
          <table className="outcomes">
            <thead>
              <tr>
                <th scope="col">{columns.answer}</th>
                <th scope="col">{columns.verdict}</th>
                <th scope="col">{columns.reason}</th>
                <th scope="col" className="number">
                  {columns.pay}
                </th>
                <th scope="col">{columns.at}</th>
              </tr>
            </thead>
            <tbody>
              {chosen.slice(0, shown).map((outcome) => (
                <OutcomeRow key={outcome.assignmentId} outcome={outcome} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {chosen.length > shown ? (
        <button type="button" className="quiet" onClick={() => setShown(shown + PAGE)}>
          {strings.earnings.more(Math.min(PAGE, chosen.length - shown))}
        </button>
      ) : null}
    </section>
  );
}

function OutcomeRow({ outcome }: { outcome: AnnotationOutcome }) {
  const evidence = explainEvidence(outcome.evidence);
  return (
    <tr>
      <td className="answer">{outcome.value}</td>
      <td>
        <span className={`verdict ${outcome.verdict.toLowerCase()}`}>{strings.earnings.verdict[outcome.verdict]}</span>
      </td>
      <td>
        <p>{explainVerdict(outcome.reason)}</p>
        <details>
          <summary>{strings.earnings.evidence}</summary>
          <ul>
            {evidence.map((line) => (
              <li key={line}>{line}</li>
            ))}
            <li className="hint">
              {strings.earnings.code}:{' '}
              <code>{outcome.reason === '' ? verdictCode(outcome.verdict) : outcome.reason}</code>
            </li>
          </ul>
        </details>
        <AppealPanel outcome={outcome} />
      </td>
      <td className="number">{formatMoney(outcome.pay)}</td>
      <td className="hint">{formatMoment(outcome.submittedAt)}</td>
    </tr>
  );
}
