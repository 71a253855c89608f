import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const LOG_LIMIT = 20 * 1024 * 1024;
const RESTART_DELAY_MS = 300;
const MAX_QUICK_RESTARTS = 5;

export interface ProcessPlan {
  name: string;
  command: string;
  args: string[];
  cwd?: string;
  env?: Record<string, string>;
  uid?: number;
  gid?: number;
  /** The signal that makes it end in an orderly way. */
  stopSignal?: NodeJS.Signals;
  /** Resolves when it serves; called until it does or `readyWithinMs` has passed. */
  ready: () => Promise<void>;
  readyWithinMs?: number;
  /** Called each time it serves after a start, also after it was started again by itself. */
  afterStart?: () => Promise<void>;
}

export class PartFailedError extends Error {
  override readonly name = 'PartFailedError';
  readonly part: string;

  constructor(part: string, message: string, options?: ErrorOptions) {
    super(`${part}: ${message}`, options);
    this.part = part;
  }
}

const isGone = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    child.kill(signal);
  }
}

/** Tells the guard process which process groups must not outlive this one. */
class Guard {
  #process: ChildProcess | undefined;

  #tell(line: string): void {
    this.#process ??= this.#start();
    this.#process.stdin?.write(`${line}\n`);
  }

  #start(): ChildProcess {
    const script = fileURLToPath(new URL('./guard.ts', import.meta.url));
    const guard = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    guard.stdin?.on('error', () => {});
    guard.on('error', () => {});
    guard.unref();
    return guard;
  }

  add(pid: number, signal: NodeJS.Signals): void {
    this.#tell(`add ${pid} ${signal}`);
  }

  remove(pid: number): void {
    this.#tell(`remove ${pid}`);
  }

  async close(): Promise<void> {
    const guard = this.#process;
    this.#process = undefined;
    if (!guard || isGone(guard)) return;
    const ended = new Promise((resolve) => guard.once('exit', resolve));
    guard.ref();
    guard.stdin?.end();
    await Promise.race([ended, sleep(1_000, undefined, { ref: false })]);
  }
}

/** One part of the stack as a process group of its own: started, watched, started again when it dies, stopped. */
export class ManagedProcess {
  readonly plan: ProcessPlan;
  readonly logFile: string;
  readonly #guard: Guard;
  readonly #onEvent: (event: string, detail: Record<string, unknown>) => void;
  #child: ChildProcess | undefined;
  #wanted = false;
  #stopped = false;
  #quickRestarts = 0;
  #startedAt = 0;

  constructor(
    plan: ProcessPlan,
    logDir: string,
    guard: Guard,
    onEvent: (event: string, detail: Record<string, unknown>) => void,
  ) {
    this.plan = plan;
    this.logFile = join(logDir, `${plan.name}.log`);
    this.#guard = guard;
    this.#onEvent = onEvent;
  }

  get name(): string {
    return this.plan.name;
  }

  get pid(): number | undefined {
    return this.#child && !isGone(this.#child) ? this.#child.pid : undefined;
  }

  #spawn(): ChildProcess {
    const { plan } = this;
    if (existsSync(this.logFile) && statSync(this.logFile).size > LOG_LIMIT)
      renameSync(this.logFile, `${this.logFile}.1`);
    const log = openSync(this.logFile, 'a');
    const child = spawn(plan.command, plan.args, {
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...process.env, ...plan.env },
      ...(plan.cwd !== undefined ? { cwd: plan.cwd } : {}),
      ...(plan.uid !== undefined ? { uid: plan.uid } : {}),
      ...(plan.gid !== undefined ? { gid: plan.gid } : {}),
    });
    closeSync(log);
    const { pid } = child;
    if (pid !== undefined) this.#guard.add(pid, plan.stopSignal ?? 'SIGTERM');
    this.#startedAt = Date.now();
    child.on('error', (error) => this.#onEvent('failed to start', { part: plan.name, error: error.message }));
    child.on('exit', (code, signal) => {
      if (pid !== undefined) this.#guard.remove(pid);
      if (this.#child !== child) return;
      this.#onEvent('exited', { part: plan.name, code, signal, wanted: this.#wanted });
      if (this.#wanted) void this.#startAgain();
    });
    this.#child = child;
    return child;
  }

  async #startAgain(): Promise<void> {
    this.#quickRestarts = Date.now() - this.#startedAt > 30_000 ? 0 : this.#quickRestarts + 1;
    if (this.#quickRestarts > MAX_QUICK_RESTARTS) {
      this.#wanted = false;
      this.#onEvent('given up', { part: this.name, log: this.logFile });
      return;
    }
    await sleep(RESTART_DELAY_MS * this.#quickRestarts);
    if (!this.#wanted || this.pid !== undefined) return;
    this.#spawn();
    try {
      await this.#untilReady();
      await this.plan.afterStart?.();
      this.#onEvent('started again', { part: this.name });
    } catch (error) {
      this.#onEvent('did not become ready again', { part: this.name, error: (error as Error).message });
    }
  }

  /** Starts it and resolves when it serves. */
  async start(): Promise<void> {
    if (this.pid !== undefined) return;
    this.#stopped = false;
    this.#spawn();
    await this.#untilReady();
    this.#wanted = !this.#stopped;
    await this.plan.afterStart?.();
  }

  async #untilReady(): Promise<void> {
    const child = this.#child;
    const within = this.plan.readyWithinMs ?? 60_000;
    const deadline = Date.now() + within;
    let last: unknown;
    while (Date.now() < deadline) {
      if (!child || isGone(child) || child.pid === undefined) {
        const how = child?.signalCode ?? `exit code ${child?.exitCode}`;
        throw new PartFailedError(this.name, `ended while starting (${how})\n${this.tail()}`);
      }
      try {
        await this.plan.ready();
        return;
      } catch (error) {
        last = error;
        await sleep(50);
      }
    }
    throw new PartFailedError(this.name, `not ready within ${within / 1000} s\n${this.tail()}`, { cause: last });
  }

  /** Resolves when it serves, for example after it was killed and started again by itself. */
  async untilServing(withinMs = 30_000): Promise<void> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      try {
        if (this.pid === undefined) throw new Error('no process');
        return await this.plan.ready();
      } catch (error) {
        if (Date.now() > deadline)
          throw new PartFailedError(this.name, `not serving\n${this.tail()}`, { cause: error });
        await sleep(100);
      }
    }
  }

  /** Sends a signal without stopping supervision: after `kill('SIGKILL')` it is started again. */
  kill(signal: NodeJS.Signals): void {
    if (this.#child && this.pid !== undefined) signalGroup(this.#child, signal);
  }

  /** Stops it and keeps it stopped; killed when it has not ended in time. */
  async stop(withinMs = 2_000): Promise<void> {
    this.#wanted = false;
    this.#stopped = true;
    const child = this.#child;
    if (!child || isGone(child)) return;
    const ended = new Promise<true>((resolve) => child.once('exit', () => resolve(true)));
    signalGroup(child, this.plan.stopSignal ?? 'SIGTERM');
    if ((await Promise.race([ended, sleep(withinMs, undefined, { ref: false })])) !== true) {
      signalGroup(child, 'SIGKILL');
      await Promise.race([ended, sleep(1_000, undefined, { ref: false })]);
    }
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** The last lines it wrote. */
  tail(lines = 15): string {
    if (!existsSync(this.logFile)) return '';
    const text = readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
    return `last lines of ${this.logFile}:\n${text}`;
  }
}

/** All processes of one stack. */
export class ProcessGroup {
  readonly #logDir: string;
  readonly #guard = new Guard();
  readonly #onEvent: (event: string, detail: Record<string, unknown>) => void;
  readonly #all: ManagedProcess[] = [];
  #closed = false;

  constructor(logDir: string, onEvent: (event: string, detail: Record<string, unknown>) => void) {
    mkdirSync(logDir, { recursive: true });
    this.#logDir = logDir;
    this.#onEvent = onEvent;
  }

  create(plan: ProcessPlan): ManagedProcess {
    if (this.#closed) throw new PartFailedError(plan.name, 'the stack is being stopped');
    const part = new ManagedProcess(plan, this.#logDir, this.#guard, this.#onEvent);
    this.#all.push(part);
    return part;
  }

  /** Stops all parts, those that others stand on last. Nothing can be started afterwards. */
  async stopAll(foundations: readonly string[]): Promise<void> {
    this.#closed = true;
    const isFoundation = (part: ManagedProcess): boolean => foundations.includes(part.name);
    await Promise.all(this.#all.filter((part) => !isFoundation(part)).map((part) => part.stop(1_800)));
    await Promise.all(this.#all.filter(isFoundation).map((part) => part.stop(1_800)));
    await this.#guard.close();
  }
}
