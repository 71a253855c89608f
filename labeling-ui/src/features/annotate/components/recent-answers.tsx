import { ItemView } from '../../../components/item/item-view.tsx';
import { explainRefusal } from '../../../lib/reasons.ts';
import { strings } from '../../../lib/strings.ts';
import type { Entry, History } from '../history.ts';

/** The latest decisions, newest first, with what became of each. */
export function RecentAnswers({ history }: { history: History }) {
  if (history.length === 0) return null;
  return (
    <section className="recent" aria-labelledby="recent-title">
      <h3 id="recent-title">{strings.label.recent}</h3>
      <ol>
        {[...history].reverse().map((entry) => (
          <li key={entry.item.assignmentId} className={entry.state}>
            <span className="thumb" aria-hidden="true">
              {entry.item.mediaType.startsWith('image/') && entry.item.bytes.length > 0 ? (
                <ItemView mediaType={entry.item.mediaType} bytes={entry.item.bytes} />
              ) : null}
            </span>
            <strong>{decisionText(entry)}</strong>
            <span className="hint">
              {entry.state === 'refused' ? explainRefusal(entry.code ?? '') : strings.label.state[entry.state]}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function decisionText({ decision }: Entry): string {
  return decision.kind === 'label' ? decision.value : strings.label.decision[decision.kind];
}
