import { describe, expect, test } from 'vitest';
import { DIGITS } from '../../../testing/factories.ts';
import type { AnnotationDocument, Item } from '../document.ts';
import { dropExpired, emptyDocument, putBack, receive } from '../document.ts';
import { emptyHistory, flush, markFailed, markSending, stagedEntry, tick, unsent } from '../history.ts';
import type { KeyPress, Workspace } from './action.ts';
import { actionForKey } from './dispatch.ts';
import { labelAction } from './label.ts';
import { undoAction } from './undo.ts';

const item = (assignmentId: string, change: Partial<Item> = {}): Item => ({
  assignmentId,
  mediaType: 'image/x-gray-28x28',
  bytes: new Uint8Array(784),
  labels: DIGITS,
  price: '50000',
  deadline: 1_000,
  autoApproveAt: 2_000,
  ...change,
});

const workspace = (document: Partial<AnnotationDocument> = {}): Workspace => ({
  document: { ...emptyDocument, ...document },
  history: emptyHistory,
  ui: { help: false, reporting: false, undoMs: 2_000 },
});

const press = (state: Workspace, key: string | KeyPress, nowMs = 0): Workspace =>
  actionForKey(typeof key === 'string' ? { key } : key, state)?.(state, nowMs) ?? state;

describe('label by keyboard', () => {
  test('a digit labels the current item and shows the next', () => {
    const after = press(workspace({ current: item('a'), ready: [item('b')] }), '7');
    expect(after.document.current?.assignmentId).toBe('b');
    expect(stagedEntry(after.history)).toMatchObject({
      item: { assignmentId: 'a' },
      decision: { kind: 'label', value: '7' },
    });
  });

  test('the next decision sends the one before it', () => {
    const after = press(press(workspace({ current: item('a'), ready: [item('b')] }), '7'), 's');
    expect(after.history.map((entry) => [entry.item.assignmentId, entry.decision.kind, entry.state])).toEqual([
      ['a', 'label', 'due'],
      ['b', 'skip', 'staged'],
    ]);
  });

  test('without an item, keys do nothing', () => {
    const empty = workspace();
    for (const key of ['7', 's', 'r', 'u', 'Enter']) expect(press(empty, key)).toEqual(empty);
  });

  test('keys with modifiers belong to the browser', () => {
    const state = workspace({ current: item('a') });
    for (const key of ['7', 's', 'r', 'u', '?']) {
      expect(press(state, { key, ctrlKey: true })).toBe(state);
      expect(press(state, { key, metaKey: true })).toBe(state);
    }
  });

  test('a label that the task does not have is refused', () => {
    const state = workspace({ current: item('a', { labels: ['cat', 'dog'] }) });
    expect(labelAction.perform(state, 'bird', 0)).toBe(state);
    expect(press(state, '2').history[0]?.decision).toEqual({ kind: 'label', value: 'dog' });
    expect(press(state, '3')).toBe(state);
  });
});

describe('undo', () => {
  test('brings the item back in front of the one that took its place', () => {
    const labeled = press(workspace({ current: item('a'), ready: [item('b')] }), '7');
    for (const key of ['u', 'Backspace', { key: 'z', ctrlKey: true }]) {
      const undone = press(labeled, key);
      expect(undone.document.current?.assignmentId).toBe('a');
      expect(undone.document.ready.map((ready) => ready.assignmentId)).toEqual(['b']);
      expect(undone.history).toEqual([]);
    }
  });

  test('ends when the answer is due', () => {
    const labeled = press(workspace({ current: item('a') }), '7', 1_000);
    expect(stagedEntry(tick(labeled.history, 2_999))).not.toBeNull();
    const late = { ...labeled, history: tick(labeled.history, 3_000) };
    expect(undoAction.perform(late, undefined, 3_000)).toBe(late);
  });

  test('enter gives the rest of the time up', () => {
    const sent = press(press(workspace({ current: item('a') }), '7'), 'Enter');
    expect(sent.history[0]?.state).toBe('due');
  });
});

describe('report and help', () => {
  test('r opens the reasons, a number chooses one', () => {
    const asking = press(workspace({ current: item('a') }), 'r');
    expect(asking.ui.reporting).toBe(true);
    const reported = press(asking, '2');
    expect(reported.ui.reporting).toBe(false);
    expect(reported.history[0]?.decision).toEqual({ kind: 'report', reason: 'PERSONAL_DATA' });
  });

  test('while the reasons are open, digits beyond them and other keys do not label', () => {
    const asking = press(workspace({ current: item('a') }), 'r');
    for (const key of ['7', 's', 'u']) expect(press(asking, key)).toBe(asking);
    expect(press(asking, 'Escape').ui.reporting).toBe(false);
  });

  test('? shows the shortcuts, and nothing is labeled behind them', () => {
    const helped = press(workspace({ current: item('a') }), '?');
    expect(helped.ui.help).toBe(true);
    expect(press(helped, '7')).toBe(helped);
    expect(press(helped, 'Escape').ui.help).toBe(false);
  });
});

describe('document', () => {
  test('receiving the same item twice changes nothing', () => {
    const document = receive(receive(emptyDocument, item('a')), item('b'));
    expect(receive(document, item('a'))).toBe(document);
    expect(receive(document, item('b'))).toBe(document);
    expect(putBack(document, item('a'))).toBe(document);
  });

  test('items whose lease ran out leave the table', () => {
    const document = { current: item('a'), ready: [item('b'), item('c', { deadline: 5_000 })] };
    expect(dropExpired(document, 999)).toBe(document);
    expect(dropExpired(document, 1_000)).toMatchObject({ current: { assignmentId: 'c' }, ready: [] });
  });
});

describe('history', () => {
  test('a failed answer waits longer each time, and nothing is forgotten', () => {
    let history = flush(press(workspace({ current: item('a') }), '7').history);
    const waits: number[] = [];
    for (let attempt = 0; attempt < 7; attempt += 1) {
      history = markFailed(markSending(history, 'a'), 'a', 0);
      waits.push(history[0]!.dueAt);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
    expect(unsent(history)).toHaveLength(1);
  });
});
