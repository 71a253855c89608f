import { useId, useState } from 'react';
import { sentenceOf } from '../../../components/ui/fault.tsx';
import { Notice } from '../../../components/ui/notice.tsx';
import { useNow } from '../../../hooks/use-now.ts';
import type { AnnotationOutcome, Appeal } from '../../../lib/client.ts';
import { explainEvidence, explainVerdict } from '../../../lib/reasons.ts';
import { strings } from '../../../lib/strings.ts';
import { formatDuration, formatMoment } from '../../../lib/time.ts';
import { useAppeal } from '../api/appeal.ts';

const { appeal: words } = strings.earnings;
const MAX_TEXT = 1_000;

/** The way to object to a refusal, or what became of the objection. */
export function AppealPanel({ outcome }: { outcome: AnnotationOutcome }) {
  if (outcome.appeal !== null) return <AppealState appeal={outcome.appeal} />;
  if (outcome.appealUntil === null) return null;
  return <AppealForm assignmentId={outcome.assignmentId} until={outcome.appealUntil} />;
}

function AppealState({ appeal }: { appeal: Appeal }) {
  const now = useNow(60_000);
  const left = (Date.parse(appeal.decideBy) - now) / 1000;
  return (
    <div className="appeal">
      <p>
        <strong>{words.state[appeal.state]}</strong>{' '}
        {appeal.state === 'OPEN' ? words.waits[appeal.route] : explainVerdict(appeal.reason)}
      </p>
      {appeal.state === 'OPEN' && left > 0 ? <p className="hint">{words.clock(formatDuration(left))}</p> : null}
      <ul>
        {explainEvidence(appeal.evidence).map((line) => (
          <li key={line}>{line}</li>
        ))}
        <li className="hint">{words.yours(appeal.text)}</li>
        <li className="hint">
          {strings.earnings.code}: <code>{appeal.reason}</code>
        </li>
      </ul>
    </div>
  );
}

function AppealForm({ assignmentId, until }: { assignmentId: string; until: string }) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const textId = useId();
  const appeal = useAppeal(assignmentId);
  if (!open) {
    return (
      <p>
        <button type="button" className="small" onClick={() => setOpen(true)}>
          {words.action}
        </button>{' '}
        <span className="hint">{words.until(formatMoment(until))}</span>
      </p>
    );
  }
  return (
    <form
      className="appeal"
      onSubmit={(event) => {
        event.preventDefault();
        appeal.mutate(text);
      }}
    >
      <label htmlFor={textId}>{words.label}</label>
      <textarea
        id={textId}
        required
        maxLength={MAX_TEXT}
        rows={2}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <p className="hint">{words.hint}</p>
      <p>
        <button type="submit" className="small primary" disabled={text.trim() === '' || appeal.isPending}>
          {words.send}
        </button>{' '}
        <button type="button" className="small quiet" onClick={() => setOpen(false)}>
          {words.cancel}
        </button>
      </p>
      {appeal.isError ? (
        <Notice tone="bad" urgent>
          <p>{words.failed(sentenceOf(appeal.error))}</p>
        </Notice>
      ) : null}
    </form>
  );
}
