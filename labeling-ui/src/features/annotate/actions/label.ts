import { labelOfKey } from '../../../lib/label-keys.ts';
import { advance } from '../document.ts';
import { record } from '../history.ts';
import type { Action } from './action.ts';
import { plain } from './action.ts';

export const labelAction: Action<string> = {
  name: 'label',
  keyTest(press, { document, ui }) {
    const labels = document.current?.labels ?? [];
    if (ui.reporting || ui.help || !plain(press)) return null;
    const label = labelOfKey(labels, press.key);
    return label === null ? null : { argument: label };
  },
  perform(workspace, value, nowMs) {
    const { current } = workspace.document;
    if (current === null || !current.labels.includes(value)) return workspace;
    return {
      ...workspace,
      document: advance(workspace.document),
      history: record(workspace.history, current, { kind: 'label', value }, nowMs, workspace.ui.undoMs),
    };
  },
};
