import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

/** Functions of a thread module by name; arguments and results are copied, so they must be plain data. */
export type Handlers = Readonly<Record<string, (input: never) => unknown>>;

interface Request {
  readonly name: string;
  readonly input: unknown;
}

type Answer = { readonly result: unknown } | { readonly error: unknown };

interface Waiting {
  readonly request: Request;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Called by a thread module: answers what a pool asks. */
export function serve(handlers: Handlers): void {
  if (isMainThread || !parentPort) throw new Error('a thread module runs in a thread');
  const port = parentPort;
  port.on('message', ({ name, input }: Request) => {
    try {
      const handler = handlers[name] as ((input: unknown) => unknown) | undefined;
      if (!handler) throw new Error(`no such thread function: ${name}`);
      port.postMessage({ result: handler(input) } satisfies Answer);
    } catch (error) {
      port.postMessage({ error } satisfies Answer);
    }
  });
}

/**
 * Threads of one module, started when they are first needed. A thread that dies rejects its call and is replaced by the
 * next one. Threads do not keep the process alive while they wait.
 */
export class ThreadPool {
  readonly #module: URL;
  readonly #size: number;
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Waiting>();
  readonly #queue: Waiting[] = [];
  #closed = false;

  constructor(module: URL, size = Math.max(1, availableParallelism() - 1)) {
    this.#module = module;
    this.#size = size;
  }

  run<Result>(name: string, input: unknown): Promise<Result> {
    if (this.#closed) return Promise.reject(new Error('the thread pool is closed'));
    return new Promise<unknown>((resolve, reject) => {
      this.#queue.push({ request: { name, input }, resolve, reject });
      this.#next();
    }) as Promise<Result>;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { reject } of this.#queue.splice(0)) reject(new Error('the thread pool is closed'));
    await Promise.all([...this.#idle.splice(0), ...this.#busy.keys()].map((thread) => thread.terminate()));
  }

  #next(): void {
    if (this.#queue.length === 0) return;
    const thread = this.#idle.pop() ?? (this.#busy.size < this.#size ? this.#start() : undefined);
    if (!thread) return;
    const waiting = this.#queue.shift()!;
    this.#busy.set(thread, waiting);
    thread.ref();
    thread.postMessage(waiting.request);
  }

  #start(): Worker {
    const thread = new Worker(this.#module);
    thread.on('message', (answer: Answer) => {
      const waiting = this.#release(thread);
      this.#idle.push(thread);
      thread.unref();
      if ('error' in answer) waiting?.reject(answer.error);
      else waiting?.resolve(answer.result);
      this.#next();
    });
    thread.on('error', (error) => this.#release(thread)?.reject(error));
    thread.on('exit', (code) => {
      this.#release(thread)?.reject(new Error(`a thread ended with ${code}`));
      const at = this.#idle.indexOf(thread);
      if (at >= 0) this.#idle.splice(at, 1);
      if (!this.#closed) this.#next();
    });
    return thread;
  }

  #release(thread: Worker): Waiting | undefined {
    const waiting = this.#busy.get(thread);
    this.#busy.delete(thread);
    return waiting;
  }
}

/** A module beside `here` in the form in which `here` itself runs: TypeScript in tests and tools, else built. */
export const beside = (here: string, name: string): URL => new URL(`${name}${here.slice(here.lastIndexOf('.'))}`, here);
