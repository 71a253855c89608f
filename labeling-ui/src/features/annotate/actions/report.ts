import { advance } from '../document.ts';
import { record } from '../history.ts';
import type { Action } from './action.ts';
import { plain } from './action.ts';

export const REPORT_REASONS = ['UNREADABLE', 'PERSONAL_DATA', 'ABUSIVE_OR_ILLEGAL', 'WRONG_DATASET'] as const;
export type ReportReason = (typeof REPORT_REASONS)[number];

/** Opens or closes the list of reasons; nothing is sent yet. */
export const reportMenuAction: Action<boolean> = {
  name: 'reportMenu',
  keyTest(press, { document, ui }) {
    if (!plain(press) || ui.help) return null;
    if (press.key === 'Escape' && ui.reporting) return { argument: false };
    return press.key.toLowerCase() === 'r' && document.current !== null ? { argument: !ui.reporting } : null;
  },
  perform: (workspace, open) => ({
    ...workspace,
    ui: { ...workspace.ui, reporting: open && workspace.document.current !== null },
  }),
};

export const reportAction: Action<ReportReason> = {
  name: 'report',
  keyTest(press, { ui }) {
    const reason = ui.reporting && plain(press) ? REPORT_REASONS[Number(press.key) - 1] : undefined;
    return reason === undefined ? null : { argument: reason };
  },
  perform(workspace, reason, nowMs) {
    const { current } = workspace.document;
    if (current === null) return workspace;
    return {
      document: advance(workspace.document),
      history: record(workspace.history, current, { kind: 'report', reason }, nowMs, workspace.ui.undoMs),
      ui: { ...workspace.ui, reporting: false },
    };
  },
};
