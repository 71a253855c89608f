import type { AnnotationReceipt, LeasedAssignment, OpenAssignment } from '../../lib/client.ts';
import { isRefused } from '../../lib/client.ts';
import { explainRefusal } from '../../lib/reasons.ts';
import type { KeyPress, Workspace } from './actions/action.ts';
import { actionForKey } from './actions/dispatch.ts';
import type { AnnotationDocument, Item } from './document.ts';
import { dropExpired, emptyDocument, holds, putBack, receive } from './document.ts';
import type { Drafts } from './drafts.ts';
import type { Decision, Entry } from './history.ts';
import {
  decidedIds,
  emptyHistory,
  flush,
  markFailed,
  markRefused,
  markSending,
  markSent,
  stagedEntry,
  tick,
  unsent,
} from './history.ts';

export interface AnnotatorPorts {
  listLeased(): Promise<LeasedAssignment[]>;
  openAssignment(assignmentId: string): Promise<OpenAssignment>;
  acceptAssignment(): Promise<OpenAssignment>;
  submitAnnotation(assignmentId: string, value: string): Promise<AnnotationReceipt>;
  skipAssignment(assignmentId: string): Promise<void>;
  reportAssignment(assignmentId: string, reason: string): Promise<void>;
  drafts: Drafts;
  now(): number;
}

export type Phase = 'opening' | 'working' | 'waiting' | 'finished' | 'blocked' | 'price-changed';

/** The last thing that happened, for the line that screen readers announce. */
export type Happening =
  | { kind: 'decided'; decision: Decision }
  | { kind: 'undone' }
  | { kind: 'shown' }
  | { kind: 'sent'; decision: Decision }
  | { kind: 'failed' }
  | { kind: 'refused'; code: string }
  | { kind: 'expired' }
  | { kind: 'restored'; count: number };

export interface AnnotatorState extends Workspace {
  phase: Phase;
  /** Why the phase is `blocked`, or what keeps `opening` from going on. */
  problem: { code: string; message: string } | null;
  /** An item whose lease pays less than the labeler agreed to; shown only after a new yes. */
  repriced: OpenAssignment | null;
  happening: Happening | null;
  sentCount: number;
  sentPay: bigint;
}

/** One item is opened ahead, so that the next one appears at once; more would only run down their leases. */
const AHEAD = 1;
const TICK_MS = 200;
const RETRY_MS = 3_000;
/** Others skip, leases run out, a task wants one more opinion: what is nothing now may be something soon. */
const LOOK_AGAIN_MS = 15_000;
/** Sent decisions that stay visible, with their decrypted item. */
const REMEMBERED = 10;

/** Not a no, only a not yet. */
const ASK_AGAIN_CODES = [
  'RESERVE_PENDING',
  'UNAVAILABLE',
  'INVALID_SHARE',
  'NOT_AUTHORIZED',
  'DOES_NOT_OPEN',
  'HASH_MISMATCH',
  'BAD_SEALED_KEY',
  'RATE_LIMITED',
  'SESSION_EXPIRED',
];
const NO_BYTES = new Uint8Array();
const HARMLESS_END_CODES = ['ALREADY_SUBMITTED'];

export class Annotator {
  #state: AnnotatorState;
  #ports: AnnotatorPorts;
  #price: bigint;
  #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setInterval> | null = null;
  #fetching = false;
  #exhausted = false;
  /** The API leased the same task again: it gives no second one until this one is answered. */
  #oneAtATime = false;
  #retryAt = 0;

  constructor(ports: AnnotatorPorts, terms: { price: string; undoMs: number }) {
    this.#ports = ports;
    this.#price = BigInt(terms.price);
    this.#state = {
      document: emptyDocument,
      history: emptyHistory,
      ui: { help: false, reporting: false, undoMs: terms.undoMs },
      phase: 'opening',
      problem: null,
      repriced: null,
      happening: null,
      sentCount: 0,
      sentPay: 0n,
    };
  }

  getState = (): AnnotatorState => this.#state;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Sends the decisions that a crash interrupted, opens what was leased before, and asks for work. */
  async start(): Promise<void> {
    this.#timer ??= setInterval(() => this.#beat(), TICK_MS);
    this.#fetching = true;
    try {
      const leased = await this.#ports.listLeased();
      const undecided = this.#restoreDrafts(leased);
      const opened = await Promise.allSettled(undecided.map(({ id }) => this.#ports.openAssignment(id)));
      for (const result of opened) {
        if (result.status === 'fulfilled') this.#take(result.value);
        else this.#trouble(result.reason);
      }
    } catch (error) {
      this.#trouble(error);
    } finally {
      this.#fetching = false;
    }
    this.#beat();
  }

  /** Queues what was decided before a crash, without opening it again; returns the leases that await a decision. */
  #restoreDrafts(leased: readonly LeasedAssignment[]): LeasedAssignment[] {
    const drafts = this.#ports.drafts.all();
    const undecided: LeasedAssignment[] = [];
    const entries: Entry[] = [];
    for (const assignment of leased) {
      const decision = drafts.get(assignment.id);
      if (decision === undefined) undecided.push(assignment);
      else entries.push({ item: toItem(assignment, NO_BYTES), decision, state: 'due', dueAt: 0, attempts: 0 });
      drafts.delete(assignment.id);
    }
    for (const id of drafts.keys()) this.#ports.drafts.forget(id);
    if (entries.length > 0) {
      this.#set({
        history: [...this.#state.history, ...entries],
        happening: { kind: 'restored', count: entries.length },
      });
    }
    this.#beat();
    return undecided;
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** True when the key meant something here, so that the page must not act on it as well. */
  press(key: KeyPress): boolean {
    const step = actionForKey(key, this.#state);
    if (step === null) return false;
    this.perform(step);
    return true;
  }

  perform(step: (workspace: Workspace, nowMs: number) => Workspace): void {
    const before = this.#state;
    const { document, history, ui } = step(before, this.#ports.now());
    this.#set({ document, history, ui, happening: happeningOf(before, { document, history, ui }) ?? before.happening });
    const known = decidedIds(before.history);
    for (const entry of history) {
      if (!known.has(entry.item.assignmentId)) this.#ports.drafts.keep(entry.item.assignmentId, entry.decision);
    }
    for (const entry of before.history) {
      if (!history.some((other) => other.item.assignmentId === entry.item.assignmentId)) {
        this.#ports.drafts.forget(entry.item.assignmentId);
      }
    }
    this.#beat();
  }

  /** Sends at once what could still be undone. */
  sendNow(): void {
    this.#set({ history: flush(this.#state.history) });
    this.#beat();
  }

  setUndoMs(undoMs: number): void {
    this.#set({ ui: { ...this.#state.ui, undoMs } });
  }

  acceptNewPrice(): void {
    const { repriced } = this.#state;
    if (repriced === null) return;
    this.#price = BigInt(repriced.price);
    this.#set({ repriced: null });
    this.#take(repriced);
    this.#beat();
  }

  /** Looks for work again after `finished` or `blocked`. */
  askAgain(): void {
    this.#exhausted = false;
    this.#retryAt = 0;
    this.#set({ problem: null, phase: 'opening' });
    this.#beat();
  }

  hasUnsent(): boolean {
    return unsent(this.#state.history).length > 0;
  }

  #set(change: Partial<AnnotatorState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }

  #beat(): void {
    const now = this.#ports.now();
    const history = tick(this.#state.history, now);
    if (history !== this.#state.history) this.#set({ history });
    const document = dropExpired(this.#state.document, now / 1000);
    if (document !== this.#state.document) this.#set({ document, happening: { kind: 'expired' } });
    for (const entry of this.#state.history) if (entry.state === 'due') void this.#send(entry);
    void this.#fill();
    this.#settlePhase();
  }

  async #fill(): Promise<void> {
    const { document, repriced, problem } = this.#state;
    const enough = document.current !== null && document.ready.length >= AHEAD;
    const refused = problem !== null && !passing(problem.code);
    if (this.#fetching || enough || repriced !== null || refused) return;
    if (this.#oneAtATime && (document.current !== null || this.hasUnsent())) return;
    if (this.#ports.now() < this.#retryAt) return;
    this.#fetching = true;
    try {
      const assignment = await this.#ports.acceptAssignment();
      const known = holds(this.#state.document, assignment.id) || decidedIds(this.#state.history).has(assignment.id);
      if (known) {
        this.#oneAtATime = true;
        this.#retryAt = this.#ports.now() + TICK_MS;
      } else {
        this.#take(assignment);
      }
      this.#exhausted = false;
      if (this.#state.problem !== null) this.#set({ problem: null });
    } catch (error) {
      if (isRefused(error, 'NO_TASK')) {
        this.#exhausted = true;
        this.#retryAt = this.#ports.now() + LOOK_AGAIN_MS;
      } else this.#trouble(error);
    } finally {
      this.#fetching = false;
    }
    this.#beat();
  }

  #take(assignment: OpenAssignment): void {
    if (BigInt(assignment.price) < this.#price) {
      this.#set({ repriced: assignment });
      return;
    }
    const wasEmpty = this.#state.document.current === null;
    const document: AnnotationDocument = receive(this.#state.document, toItem(assignment, assignment.bytes));
    this.#set(wasEmpty ? { document, happening: this.#state.happening ?? { kind: 'shown' } } : { document });
  }

  #trouble(error: unknown): void {
    if (isRefused(error, ...ASK_AGAIN_CODES)) {
      this.#retryAt = this.#ports.now() + RETRY_MS;
      this.#set({ problem: { code: 'ASK_AGAIN', message: explainRefusal(error.code, error.message) } });
    } else if (isRefused(error)) {
      this.#set({ problem: { code: error.code, message: error.message } });
    } else {
      this.#retryAt = this.#ports.now() + RETRY_MS;
      this.#set({ problem: { code: 'NETWORK', message: error instanceof Error ? error.message : String(error) } });
    }
  }

  async #send(entry: Entry): Promise<void> {
    const { assignmentId, price } = entry.item;
    this.#set({ history: markSending(this.#state.history, assignmentId) });
    try {
      await this.#deliver(assignmentId, entry.decision);
      this.#ports.drafts.forget(assignmentId);
      const labeled = entry.decision.kind === 'label';
      this.#set({
        history: trim(markSent(this.#state.history, assignmentId)),
        // What can still be undone is the more useful thing to say; the list of answers shows that this one arrived.
        happening:
          stagedEntry(this.#state.history) === null
            ? { kind: 'sent', decision: entry.decision }
            : this.#state.happening,
        sentCount: this.#state.sentCount + (labeled ? 1 : 0),
        sentPay: this.#state.sentPay + (labeled ? BigInt(price) : 0n),
      });
    } catch (error) {
      if (isRefused(error, 'ACTION_REJECTED')) {
        // The wallet said no to this signature: nothing was decided, the item returns to the table.
        this.#ports.drafts.forget(assignmentId);
        this.#set({
          history: this.#state.history.filter((other) => other.item.assignmentId !== assignmentId),
          document: putBack(this.#state.document, entry.item),
          happening: { kind: 'undone' },
        });
      } else if (isRefused(error) && !ASK_AGAIN_CODES.includes(error.code)) {
        this.#ports.drafts.forget(assignmentId);
        this.#set({
          history: trim(markRefused(this.#state.history, assignmentId, error.code)),
          happening: { kind: 'refused', code: error.code },
        });
      } else {
        this.#set({
          history: markFailed(this.#state.history, assignmentId, this.#ports.now()),
          happening: { kind: 'failed' },
        });
      }
    }
    this.#beat();
  }

  async #deliver(assignmentId: string, decision: Decision): Promise<void> {
    try {
      if (decision.kind === 'label') await this.#ports.submitAnnotation(assignmentId, decision.value);
      else if (decision.kind === 'skip') await this.#ports.skipAssignment(assignmentId);
      else await this.#ports.reportAssignment(assignmentId, decision.reason);
    } catch (error) {
      if (!isRefused(error, ...HARMLESS_END_CODES)) throw error;
    }
  }

  #settlePhase(): void {
    const { document, repriced, problem } = this.#state;
    let phase: Phase;
    if (document.current !== null) phase = 'working';
    else if (repriced !== null) phase = 'price-changed';
    else if (problem !== null && !passing(problem.code)) phase = 'blocked';
    else if (this.#exhausted) phase = this.hasUnsent() ? 'waiting' : 'finished';
    else phase = this.hasUnsent() && this.#oneAtATime ? 'waiting' : 'opening';
    if (phase !== this.#state.phase) this.#set({ phase });
  }
}

/** Trouble that goes away by waiting. */
function passing(code: string): boolean {
  return code === 'NETWORK' || code === 'ASK_AGAIN';
}

function toItem(assignment: LeasedAssignment, bytes: Uint8Array): Item {
  const { id, mediaType, labels, price, deadline, autoApproveAt } = assignment;
  return { assignmentId: id, mediaType, bytes, labels, price, deadline, autoApproveAt };
}

function trim(history: readonly Entry[]): readonly Entry[] {
  const done = history.filter((entry) => entry.state === 'sent' || entry.state === 'refused');
  const forgotten = new Set(done.slice(0, Math.max(0, done.length - REMEMBERED)));
  return forgotten.size === 0 ? history : history.filter((entry) => !forgotten.has(entry));
}

function happeningOf(before: Workspace, after: Workspace): Happening | null {
  if (after.history.length > before.history.length) {
    const last = after.history.at(-1);
    return last === undefined ? null : { kind: 'decided', decision: last.decision };
  }
  return after.history.length < before.history.length ? { kind: 'undone' } : null;
}
