import { explainRefusal } from '../../../lib/reasons.ts';
import { strings } from '../../../lib/strings.ts';
import type { Happening } from '../annotator.ts';
import type { Decision } from '../history.ts';

/** The one line that says what just happened, on screen and to screen readers alike. */
export function LiveLine({ happening }: { happening: Happening | null }) {
  return (
    <p className="live" role="status" aria-live="polite">
      {happening === null ? '' : sentence(happening)}
    </p>
  );
}

function sentence(happening: Happening): string {
  const { live } = strings.label;
  switch (happening.kind) {
    case 'decided':
      return byKind(happening.decision, live.labeled, live.skipped, live.reported);
    case 'sent':
      return byKind(happening.decision, live.sent, live.skipSent, live.reportSent);
    case 'refused':
      return live.refused(explainRefusal(happening.code));
    case 'restored':
      return live.restored(happening.count);
    default:
      return live[happening.kind];
  }
}

function byKind(decision: Decision, labeled: (value: string) => string, skipped: string, reported: string): string {
  if (decision.kind === 'label') return labeled(decision.value);
  return decision.kind === 'skip' ? skipped : reported;
}
