import { flush, stagedEntry } from '../history.ts';
import type { Action } from './action.ts';
import { plain } from './action.ts';

/** Gives up the rest of the undo time. */
export const sendAction: Action<void> = {
  name: 'send',
  keyTest: (press, { history, ui }) =>
    press.key === 'Enter' && plain(press) && !ui.reporting && !ui.help && stagedEntry(history) !== null
      ? { argument: undefined }
      : null,
  perform: (workspace) => ({ ...workspace, history: flush(workspace.history) }),
};
