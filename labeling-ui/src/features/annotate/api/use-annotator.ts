import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { LabelingClient, LabelingJob } from '../../../lib/client.ts';
import { Annotator } from '../annotator.ts';
import { createDrafts } from '../drafts.ts';
import { loadUndoMs } from '../undo-preference.ts';

/** One annotator per job and account for as long as the screen is open; keys reach it wherever the focus is. */
export function useAnnotator(client: LabelingClient, account: string, job: LabelingJob) {
  const { id: jobId, price } = job;
  const annotator = useMemo(
    () =>
      new Annotator(
        {
          listLeased: () => client.listLeased(jobId),
          openAssignment: (id) => client.openAssignment(id),
          acceptAssignment: () => client.acceptAssignment(jobId),
          submitAnnotation: (id, value) => client.submitAnnotation(id, value),
          skipAssignment: (id) => client.skipAssignment(id),
          reportAssignment: (id, reason) => client.reportAssignment(id, reason),
          drafts: createDrafts(localStorage, account, jobId),
          now: Date.now,
        },
        { price, undoMs: loadUndoMs(localStorage) },
      ),
    // The price is what was agreed to when work began; a later change must not move it silently.
    [client, account, jobId],
  );

  useEffect(() => {
    void annotator.start();
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement | null;
      if (target?.closest('input, textarea, select') != null) return;
      if (annotator.press(event)) event.preventDefault();
    };
    const onLeave = (event: BeforeUnloadEvent) => {
      if (annotator.hasUnsent()) event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    window.addEventListener('beforeunload', onLeave);
    return () => {
      window.removeEventListener('keydown', onKey);
      window.removeEventListener('beforeunload', onLeave);
      annotator.sendNow();
      annotator.stop();
    };
  }, [annotator]);

  return { annotator, state: useSyncExternalStore(annotator.subscribe, annotator.getState) };
}
