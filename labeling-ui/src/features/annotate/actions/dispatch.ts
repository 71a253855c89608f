import type { Action, KeyPress, Workspace } from './action.ts';
import { helpAction } from './help.ts';
import { labelAction } from './label.ts';
import { reportAction, reportMenuAction } from './report.ts';
import { sendAction } from './send.ts';
import { skipAction } from './skip.ts';
import { undoAction } from './undo.ts';

type Step = (workspace: Workspace, nowMs: number) => Workspace;

function stepOf<Argument>(action: Action<Argument>, press: KeyPress, workspace: Workspace): Step | null {
  const match = action.keyTest(press, workspace);
  return match === null ? null : (state, nowMs) => action.perform(state, match.argument, nowMs);
}

/** The one action that a key press means here, or null. */
export function actionForKey(press: KeyPress, workspace: Workspace): Step | null {
  return (
    stepOf(helpAction, press, workspace) ??
    stepOf(reportAction, press, workspace) ??
    stepOf(reportMenuAction, press, workspace) ??
    stepOf(labelAction, press, workspace) ??
    stepOf(skipAction, press, workspace) ??
    stepOf(undoAction, press, workspace) ??
    stepOf(sendAction, press, workspace)
  );
}
