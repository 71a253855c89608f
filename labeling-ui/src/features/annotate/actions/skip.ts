import { advance } from '../document.ts';
import { record } from '../history.ts';
import type { Action } from './action.ts';
import { plain } from './action.ts';

export const skipAction: Action<void> = {
  name: 'skip',
  keyTest: (press, { ui }) =>
    press.key.toLowerCase() === 's' && plain(press) && !ui.reporting && !ui.help ? { argument: undefined } : null,
  perform(workspace, _argument, nowMs) {
    const { current } = workspace.document;
    if (current === null) return workspace;
    return {
      ...workspace,
      document: advance(workspace.document),
      history: record(workspace.history, current, { kind: 'skip' }, nowMs, workspace.ui.undoMs),
    };
  },
};
