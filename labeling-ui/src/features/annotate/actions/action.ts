import type { AnnotationDocument } from '../document.ts';
import type { History } from '../history.ts';

export interface UiState {
  /** The overlay with all shortcuts. */
  help: boolean;
  /** The list of reasons of a report. */
  reporting: boolean;
  /** How long a decision can be undone before it is sent. */
  undoMs: number;
}

export interface Workspace {
  document: AnnotationDocument;
  history: History;
  ui: UiState;
}

export interface KeyPress {
  key: string;
  ctrlKey?: boolean;
  metaKey?: boolean;
  altKey?: boolean;
}

/** Every gesture of the labeler is one of these: shortcuts, buttons, undo and tests all go through it. */
export interface Action<Argument> {
  name: string;
  /** The argument that this key press means, or null when the key is not for this action. */
  keyTest(press: KeyPress, workspace: Workspace): { argument: Argument } | null;
  perform(workspace: Workspace, argument: Argument, nowMs: number): Workspace;
}

export function plain(press: KeyPress): boolean {
  return !press.ctrlKey && !press.metaKey && !press.altKey;
}
