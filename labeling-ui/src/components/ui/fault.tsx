import { isRefused } from '../../lib/client.ts';
import { explainRefusal } from '../../lib/reasons.ts';
import { strings } from '../../lib/strings.ts';
import { Notice } from './notice.tsx';

/** A refusal in words, or a fault with a way to try again. */
export function Fault({ error, retry }: { error: unknown; retry?: () => void }) {
  const refused = isRefused(error);
  return (
    <Notice tone="bad" title={refused ? undefined : strings.fault.title} urgent>
      <p>{sentenceOf(error)}</p>
      {retry === undefined ? null : (
        <button type="button" onClick={retry}>
          {strings.fault.retry}
        </button>
      )}
    </Notice>
  );
}

export function sentenceOf(error: unknown): string {
  if (isRefused(error)) return explainRefusal(error.code, error.message);
  return error instanceof Error ? error.message : String(error);
}
