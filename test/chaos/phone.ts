import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ChainOptions, LightKeyGateOptions } from '@allod/sdk';

const DEVICE = fileURLToPath(new URL('./device.ts', import.meta.url));

/** What a device is told once and for all. */
export interface DeviceSettings {
  /** Folder of its keys and its queue. */
  directory: string;
  api: string;
  chain: ChainOptions;
  keyNetwork: LightKeyGateOptions;
  /** Hex. */
  seed: string;
  datasetId: string;
  termsHash: string;
  canary: string;
}

/** What a life of a device begins with. It reaches the device by a pipe, so that no disk and no list of processes has the canary. */
export interface DeviceOrder extends DeviceSettings {
  run: number;
  diceSeed: number;
  /** Whether it gives its consent first, or has done so in an earlier life. */
  consents: boolean;
}

/** `network`: the device is on another network from now on. `drain`: make nothing new, send all, end. */
export type DeviceCommand = 'network' | 'drain';

export type DeviceReport =
  | { ready: true }
  | { kept: { id: string; sha256: string } }
  | { refused: { ids: string[]; code: string } }
  | { warned: string }
  | { drained: true };

/** What all lives of a device reported. */
export interface Journal {
  /** sha256 of what the SDK acknowledged, by id. */
  kept: Map<string, string>;
  refused: Map<string, number>;
  warned: Map<string, number>;
  lives: number;
}

const count = (counts: Map<string, number>, name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);

/** One device over all its lives. */
export class Phone {
  readonly journal: Journal = { kept: new Map(), refused: new Map(), warned: new Map(), lives: 0 };
  readonly #settings: DeviceSettings;
  readonly #logFile: string;
  readonly #env: Record<string, string>;
  #child: ChildProcess | undefined;
  #ended: Promise<unknown> = Promise.resolve();
  #wake: ((report: DeviceReport) => void)[] = [];
  #wanted = false;

  constructor(settings: DeviceSettings, logFile: string, env: Record<string, string>) {
    this.#settings = settings;
    this.#logFile = logFile;
    this.#env = env;
  }

  get isAlive(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Switches it on, with dice of its own. */
  start(diceSeed: number, consents = false): void {
    const order: DeviceOrder = { ...this.#settings, run: this.journal.lives++, diceSeed, consents };
    const log = openSync(this.#logFile, 'a');
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', DEVICE], {
      stdio: ['pipe', 'pipe', log],
      env: { ...process.env, NODE_OPTIONS: '', ...this.#env },
    });
    closeSync(log);
    this.#child = child;
    this.#wanted = true;
    this.#ended = new Promise((resolve) => child.once('close', resolve));
    child.once('exit', (code) => {
      if (this.#wanted && child === this.#child) this.#failed = new Error(`the device ended by itself (${code})`);
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.write(`${JSON.stringify(order)}\n`);
    if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => this.#read(line));
  }

  #failed: Error | undefined;

  #read(line: string): void {
    const report = JSON.parse(line) as DeviceReport;
    if ('kept' in report) this.journal.kept.set(report.kept.id, report.kept.sha256);
    if ('refused' in report) count(this.journal.refused, report.refused.code);
    if ('warned' in report) count(this.journal.warned, report.warned);
    if ('drained' in report) this.#wanted = false;
    for (const wake of this.#wake) wake(report);
  }

  tell(command: DeviceCommand): void {
    if (this.isAlive) this.#child?.stdin?.write(`${JSON.stringify(command)}\n`);
  }

  /** kill -9; resolves when it is gone and all that it had reported was read. */
  async kill(): Promise<void> {
    this.#wanted = false;
    this.#child?.kill('SIGKILL');
    await this.#ended;
  }

  /** Resolves with the first report that satisfies `match`. */
  until(match: (report: DeviceReport) => boolean, withinMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const wake = (report: DeviceReport): void => void (match(report) && finish(resolve));
      const timer = setTimeout(
        () => finish(() => reject(new Error(`the device did not do it in ${withinMs} ms`))),
        withinMs,
      );
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        this.#wake = this.#wake.filter((each) => each !== wake);
        settle();
      };
      this.#wake.push(wake);
    });
  }

  /** Sends everything that waits; resolves when the queue is empty and the device is off. */
  async drain(withinMs: number): Promise<void> {
    const drained = this.until((report) => 'drained' in report, withinMs);
    this.tell('drain');
    await drained;
    await this.#ended;
  }

  /** Throws when a life ended that nobody ended. */
  assertSound(): void {
    if (this.#failed) throw this.#failed;
  }
}
