import { Injectable } from '@nestjs/common';

/** Runs one outbox row; may run more than once, so it must be idempotent. Its return value is kept as `result`. */
export type OutboxHandler<P = unknown> = (
  payload: P,
  job: { id: string; key: string; attempt: number },
) => Promise<unknown>;

/** Which handler runs which type of outbox row. Filled by modules in `onModuleInit`; used by the worker only. */
@Injectable()
export class OutboxRegistry {
  private readonly handlers = new Map<string, OutboxHandler>();
  private readonly repeated = new Map<string, { ms: number; run: () => Promise<void> }>();

  on<P>(type: string, handler: OutboxHandler<P>): void {
    if (this.handlers.has(type)) throw new Error(`Two outbox handlers for ${type}`);
    this.handlers.set(type, handler as OutboxHandler);
  }

  /** Repeats `run` in the worker every `ms`, never twice at once. */
  every(name: string, ms: number, run: () => Promise<void>): void {
    this.repeated.set(name, { ms, run });
  }

  handler(type: string): OutboxHandler {
    const handler = this.handlers.get(type);
    if (!handler) throw new Error(`No outbox handler for ${type}`);
    return handler;
  }

  get repeating(): ReadonlyMap<string, { ms: number; run: () => Promise<void> }> {
    return this.repeated;
  }
}
