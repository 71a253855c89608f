import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RefusedError } from '../../lib/client.ts';
import { makeAssignment, makeJob } from '../../testing/factories.ts';
import { MemoryNetwork } from '../../testing/handlers/memory-client.ts';
import { memoryStorage } from '../../testing/memory-storage.ts';
import { Annotator } from './annotator.ts';
import { createDrafts } from './drafts.ts';

const ACCOUNT = '0x00000000000000000000000000000000000000aa';
const job = makeJob();
let network: MemoryNetwork;
let storage: ReturnType<typeof memoryStorage>;
let annotator: Annotator;

function open(change: { price?: string } = {}): Annotator {
  const client = network.client(ACCOUNT);
  annotator = new Annotator(
    {
      listLeased: () => client.listLeased(job.id),
      openAssignment: client.openAssignment,
      acceptAssignment: () => client.acceptAssignment(job.id),
      submitAnnotation: client.submitAnnotation,
      skipAssignment: client.skipAssignment,
      reportAssignment: client.reportAssignment,
      drafts: createDrafts(storage, ACCOUNT, job.id),
      now: Date.now,
    },
    { price: change.price ?? job.price, undoMs: 2_000 },
  );
  void annotator.start();
  return annotator;
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const current = () => annotator.getState().document.current?.assignmentId;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
  network = new MemoryNetwork();
  storage = memoryStorage();
});

afterEach(() => {
  annotator.stop();
  vi.useRealTimers();
});

describe('annotator', () => {
  test('keeps one item opened ahead', async () => {
    network.tasks = [makeAssignment({ id: 'a' }), makeAssignment({ id: 'b' }), makeAssignment({ id: 'c' })];
    open();
    await pass(50);
    expect(current()).toBe('a');
    expect(network.leased.size).toBe(2);
    annotator.press({ key: '1' });
    expect(current()).toBe('b');
    await pass(50);
    expect(network.leased.size).toBe(3);
  });

  test('sends after the undo time, not before', async () => {
    network.tasks = [makeAssignment({ id: 'a' })];
    open();
    await pass(50);
    annotator.press({ key: '4' });
    await pass(1_800);
    expect(network.sent).toEqual([]);
    await pass(600);
    expect(network.sent).toEqual([{ assignmentId: 'a', value: '4' }]);
    expect(annotator.getState()).toMatchObject({ sentCount: 1, sentPay: 50_000n, phase: 'finished' });
  });

  test('an undone answer is never sent', async () => {
    network.tasks = [makeAssignment({ id: 'a' })];
    open();
    await pass(50);
    annotator.press({ key: '4' });
    await pass(500);
    annotator.press({ key: 'u' });
    annotator.press({ key: '9' });
    await pass(3_000);
    expect(network.sent).toEqual([{ assignmentId: 'a', value: '9' }]);
  });

  test('skips and reports reach the network with their reason', async () => {
    network.tasks = [makeAssignment({ id: 'a' }), makeAssignment({ id: 'b' })];
    open();
    await pass(50);
    annotator.press({ key: 's' });
    annotator.press({ key: 'r' });
    annotator.press({ key: '3' });
    await pass(3_000);
    expect(network.skipped).toEqual(['a']);
    expect(network.reported).toEqual([{ assignmentId: 'b', reason: 'ABUSIVE_OR_ILLEGAL' }]);
    expect(annotator.getState()).toMatchObject({ sentCount: 0, sentPay: 0n });
  });

  test('an answer survives faults of the network', async () => {
    network.tasks = [makeAssignment({ id: 'a' })];
    network.failures = [1, 2, 3].map(() => ({ call: 'submitAnnotation' as const, error: new Error('offline') }));
    open();
    await pass(50);
    annotator.press({ key: '4' });
    await pass(2_300);
    expect(annotator.getState().history[0]?.state).toBe('failed');
    expect(annotator.hasUnsent()).toBe(true);
    await pass(10_000);
    expect(network.sent).toEqual([{ assignmentId: 'a', value: '4' }]);
  });

  test('an answer survives the page: the next one sends it', async () => {
    network.tasks = [makeAssignment({ id: 'a' }), makeAssignment({ id: 'b' })];
    open();
    await pass(50);
    annotator.press({ key: '4' });
    annotator.stop();
    open();
    await pass(500);
    expect(network.sent).toEqual([{ assignmentId: 'a', value: '4' }]);
    expect(current()).toBe('b');
    expect(createDrafts(storage, ACCOUNT, job.id).all().size).toBe(0);
  });

  test('an answer that was given is sent even when its item no longer opens', async () => {
    network.tasks = [makeAssignment({ id: 'a' })];
    open();
    await pass(50);
    annotator.press({ key: '4' });
    annotator.stop();
    network.failures = [{ call: 'openAssignment', error: new Error('no keeper answers') }];
    open();
    await pass(500);
    expect(network.sent).toEqual([{ assignmentId: 'a', value: '4' }]);
  });

  test('a lease of an earlier visit is opened again', async () => {
    network.leased.set('a', makeAssignment({ id: 'a' }));
    network.tasks = [makeAssignment({ id: 'b' })];
    open();
    await pass(50);
    expect(current()).toBe('a');
    expect(annotator.getState().document.ready[0]?.assignmentId).toBe('b');
  });

  test('declining in the wallet brings the item back', async () => {
    network.tasks = [makeAssignment({ id: 'a' })];
    network.failures = [{ call: 'submitAnnotation', error: new RefusedError('ACTION_REJECTED', 'the wallet said no') }];
    open();
    await pass(50);
    annotator.press({ key: '4' });
    annotator.press({ key: 'Enter' });
    await pass(500);
    expect(current()).toBe('a');
    expect(annotator.hasUnsent()).toBe(false);
  });

  test('a refusal is final and says why', async () => {
    network.tasks = [makeAssignment({ id: 'a' })];
    network.failures = [{ call: 'submitAnnotation', error: new RefusedError('LEASE_EXPIRED', 'too late') }];
    open();
    await pass(50);
    annotator.press({ key: '4' });
    await pass(5_000);
    expect(annotator.getState().history[0]).toMatchObject({ state: 'refused', code: 'LEASE_EXPIRED' });
    expect(network.sent).toEqual([]);
    expect(annotator.hasUnsent()).toBe(false);
  });

  test('an answer that had arrived after all counts as saved', async () => {
    network.tasks = [makeAssignment({ id: 'a' })];
    network.failures = [{ call: 'submitAnnotation', error: new RefusedError('ALREADY_SUBMITTED', 'is there') }];
    open();
    await pass(50);
    annotator.press({ key: '4' });
    await pass(3_000);
    expect(annotator.getState().history[0]?.state).toBe('sent');
  });

  test('a lease that pays less than agreed waits for a new yes', async () => {
    network.tasks = [makeAssignment({ id: 'a', price: '40000' }), makeAssignment({ id: 'b', price: '40000' })];
    open({ price: '50000' });
    await pass(50);
    expect(annotator.getState()).toMatchObject({ phase: 'price-changed', repriced: { id: 'a' } });
    expect(network.leased.size).toBe(1);
    annotator.acceptNewPrice();
    await pass(50);
    expect(current()).toBe('a');
    expect(annotator.getState().document.ready).toHaveLength(1);
  });

  test('works with an API that leases one task at a time', async () => {
    network.oneAtATime = true;
    network.tasks = [makeAssignment({ id: 'a' }), makeAssignment({ id: 'b' })];
    open();
    await pass(500);
    expect(current()).toBe('a');
    annotator.press({ key: '4' });
    await pass(100);
    expect(annotator.getState().phase).toBe('waiting');
    annotator.press({ key: 'Enter' });
    await pass(1_000);
    expect(current()).toBe('b');
  });

  test('looks again by itself when nothing is left', async () => {
    open();
    await pass(1_000);
    expect(annotator.getState().phase).toBe('finished');
    network.tasks = [makeAssignment({ id: 'a' })];
    await pass(15_000);
    expect(current()).toBe('a');
    expect(annotator.getState().phase).toBe('working');
  });

  test('stops on a refusal and goes on when asked', async () => {
    network.failures = [{ call: 'acceptAssignment', error: new RefusedError('ESCROW_EXHAUSTED', 'empty') }];
    network.tasks = [makeAssignment({ id: 'a' })];
    open();
    await pass(10_000);
    expect(annotator.getState()).toMatchObject({ phase: 'blocked', problem: { code: 'ESCROW_EXHAUSTED' } });
    annotator.askAgain();
    await pass(100);
    expect(current()).toBe('a');
  });

  test('waits by itself while the escrow is raised or the network is away', async () => {
    network.failures = [
      { call: 'acceptAssignment', error: new RefusedError('RESERVE_PENDING', 'soon') },
      { call: 'acceptAssignment', error: new Error('offline') },
    ];
    network.tasks = [makeAssignment({ id: 'a' })];
    open();
    await pass(1_000);
    expect(annotator.getState()).toMatchObject({ phase: 'opening', problem: { code: 'ASK_AGAIN' } });
    await pass(7_000);
    expect(current()).toBe('a');
    expect(annotator.getState().problem).toBeNull();
  });

  test('gives up an item when its lease runs out', async () => {
    const deadline = Math.floor(Date.now() / 1000) + 2;
    network.tasks = [makeAssignment({ id: 'a', deadline })];
    open();
    await pass(50);
    expect(current()).toBe('a');
    await pass(2_200);
    expect(current()).toBeUndefined();
    expect(annotator.getState().happening).toEqual({ kind: 'expired' });
  });
});
