import { putBack } from '../document.ts';
import { takeBack } from '../history.ts';
import type { Action } from './action.ts';
import { plain } from './action.ts';

/** Takes back the decision that has not been sent yet; the item returns to the table. */
export const undoAction: Action<void> = {
  name: 'undo',
  keyTest(press, { ui }) {
    if (ui.reporting || ui.help) return null;
    const key = press.key.toLowerCase();
    const modified = key === 'z' && (press.ctrlKey === true || press.metaKey === true) && !press.altKey;
    return modified || ((key === 'u' || key === 'backspace') && plain(press)) ? { argument: undefined } : null;
  },
  perform(workspace) {
    const { history, entry } = takeBack(workspace.history);
    return entry === null ? workspace : { ...workspace, history, document: putBack(workspace.document, entry.item) };
  },
};
