import type { Action } from './action.ts';
import { plain } from './action.ts';

export const helpAction: Action<boolean> = {
  name: 'help',
  keyTest(press, { ui }) {
    if (!plain(press) || ui.reporting) return null;
    if (press.key === 'Escape' && ui.help) return { argument: false };
    return press.key === '?' ? { argument: !ui.help } : null;
  },
  perform: (workspace, open) => ({ ...workspace, ui: { ...workspace.ui, help: open } }),
};
