import { randomBytes } from 'node:crypto';
import { appendFileSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { forgetPostgres, type ManagedProcess, type Stack, startStack, temporaryDataDir } from '@allod/dev';
import { purposesOf } from '@allod/protocol';
import { memoryPlatform } from '@allod/sdk';
import pg from 'pg';
import { Clients } from '../harness/actors.ts';
import { type Finding, newCanary, searchDatabase, searchFiles } from './canary.ts';
import { Deck, Dice } from './dice.ts';
import { type SmallDisk, smallDisk } from './disk.ts';
import { HostileNetwork, STORMS, type Weather } from './network.ts';
import { Phone } from './phone.ts';
import { checkContent, checkNothingEncryptedTwice, checkOperator, type Faults, untilAnchored } from './verdict.ts';

const TERMS_HASH = `0x${'22'.repeat(32)}`;
const BLOWS = ['kill device', 'kill api', 'kill worker', 'kill postgres', 'fill server', 'fill device'] as const;
type Blow = (typeof BLOWS)[number];
const STORMS_PER_LOOP = 3;

export interface ChaosOptions {
  seed: number;
  loops: number;
  /** Kills and full disks in each loop; default 2. */
  blowsPerLoop?: number;
  log: (line: string) => void;
  /** Where the logs of all processes are copied to, for whoever looks for the cause of a fault. */
  logs?: string | undefined;
}

export interface ChaosResult {
  /** What did not hold; empty when all did. */
  faults: Faults;
  figures: {
    seed: number;
    loops: number;
    acknowledged: number;
    contributions: number;
    batches: number;
    blocks: number;
    lives: number;
    refused: Record<string, number>;
    warned: Record<string, number>;
    blows: Record<string, number>;
    struck: Record<string, number>;
    disks: string;
    searchedFiles: number;
    searchedMB: number;
    searchedRows: number;
    seconds: number;
  };
}

/**
 * A device gives readings over a hostile network while its own process and the operator's are killed and their disks fill up; then
 * all may recover. What the SDK acknowledged must be stored exactly once, byte-equal and anchored, and nothing in clear anywhere.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const chaos = new Chaos(options);
  try {
    await chaos.begin();
    for (let loop = 1; loop <= options.loops; loop++) await chaos.loop(loop);
    await chaos.recover();
    return await chaos.judge();
  } finally {
    await chaos.end();
  }
}

class Chaos {
  readonly #options: ChaosOptions;
  readonly #since = Date.now();
  readonly #dice: Dice;
  readonly #blows: Deck<Blow>;
  readonly #storms: Deck<Weather>;
  readonly #struck: Record<string, number> = {};
  /** Found on the disk of a device that was just killed. */
  readonly #inClear: Finding[] = [];
  readonly #dataDir = temporaryDataDir();
  /** Everything that is no part of the operator: device, wire. */
  readonly #outside = temporaryDataDir();
  readonly #canary = newCanary();
  readonly #seed = new Uint8Array(randomBytes(32));
  #datasetId = '';
  // Made by `begin`.
  #serverDisk!: SmallDisk;
  #deviceDisk!: SmallDisk;
  #stack!: Stack;
  #clients!: Clients;
  #networks: HostileNetwork[] = [];
  #phone!: Phone;
  #watch: NodeJS.Timeout | undefined;

  constructor(options: ChaosOptions) {
    this.#options = options;
    this.#dice = new Dice(options.seed);
    this.#blows = new Deck(this.#dice, BLOWS);
    this.#storms = new Deck<Weather>(this.#dice, STORMS);
  }

  async begin(): Promise<void> {
    const room = 64 + 4 * this.#options.loops;
    this.#serverDisk = smallDisk(join(this.#dataDir, 'blocks'), room);
    this.#deviceDisk = smallDisk(join(this.#outside, 'device'), room);
    const apiEnv = { STORE_DIR: this.#serverDisk.folder, ...this.#serverDisk.env };
    this.#stack = await startStack({ dataDir: this.#dataDir, durable: true, apiEnv });
    const { urls, chainId, chainName, deployment, network } = this.#stack;
    this.#clients = new Clients(this.#stack);
    const created = await this.#clients.of('curator').createDataset({
      name: 'Weather of all kinds',
      description: 'Readings that were given under bad conditions',
      mediaType: 'text/plain',
      schema: { type: 'text' },
      purposes: purposesOf('TRAIN'),
      contributorsBps: 7000,
      floorPrice: 1_000_000n,
    });
    this.#datasetId = created.datasetId;

    const through = async (name: string, url: string): Promise<string> => {
      const proxy = new HostileNetwork(Number(new URL(url).port), join(this.#outside, 'wire', name), this.#dice);
      this.#networks.push(proxy);
      return proxy.listen();
    };
    const api = await through('api', urls.api);
    const rpcUrl = await through('rpc', urls.rpc);
    mkdirSync(join(this.#outside, 'logs'));
    const settings = {
      directory: join(this.#deviceDisk.folder, 'allod'),
      api,
      chain: { chainId, name: chainName, rpcUrl, contracts: deployment.addresses },
      keyNetwork: {
        chainId,
        chain: chainName,
        networkKey: network.networkKey,
        keeperRegistry: deployment.addresses.KeeperRegistry,
        rpcUrl,
      },
      seed: Buffer.from(this.#seed).toString('hex'),
      datasetId: this.#datasetId,
      termsHash: TERMS_HASH,
      canary: this.#canary,
    };
    this.#phone = new Phone(settings, join(this.#outside, 'logs', 'device.log'), this.#deviceDisk.env);
    this.#phone.start(this.#dice.between(0, 2 ** 31), true);
    await this.#phone.until((report) => 'ready' in report, 60_000);
    this.#watch = setInterval(() => this.#revive(), 1_000);
    this.#options.log(`seed ${this.#options.seed}; disks: ${this.#serverDisk.kind}, ${this.#deviceDisk.kind}`);
  }

  get #parts(): ManagedProcess[] {
    const { postgres, api, worker } = this.#stack.parts;
    return [postgres, api, worker];
  }

  /** Who supervises gives up on what dies too often; an operator would switch it on again. */
  #revive(): void {
    for (const part of this.#parts) if (part.pid === undefined) part.start().catch(() => undefined);
  }

  #setWeather(weather: Weather): void {
    for (const network of this.#networks) network.weather = weather;
    this.#phone.tell('network');
  }

  /** Everybody at work, so that what falls now hits something. A machine under load needs its time for that. */
  async #allAwake(): Promise<void> {
    const { api, postgres } = this.#stack.parts;
    if (!this.#phone.isAlive) this.#phone.start(this.#dice.between(0, 2 ** 31));
    const busy = this.#phone.until((report) => 'kept' in report, 60_000);
    await Promise.all([busy, this.#serving(postgres).then(() => this.#serving(api))]);
  }

  async #serving(part: ManagedProcess): Promise<void> {
    for (let tries = 1; ; tries++) {
      if (part.pid === undefined) await part.start().catch(() => undefined);
      const failure = await part.untilServing(20_000).catch((error: unknown) => error);
      if (!failure) return;
      if (tries >= 4) throw failure;
    }
  }

  /** Some seconds in which the weather changes and blows fall, at times that the dice give. */
  async loop(number: number): Promise<void> {
    await this.#allAwake();
    const length = this.#dice.between(2_000, 4_000);
    const at = (): number => this.#dice.between(0, length);
    const plan: { at: number; name: string; act: () => void | Promise<void> }[] = [];
    for (let i = 0; i < STORMS_PER_LOOP; i++) {
      const weather = this.#storms.deal();
      const from = at();
      plan.push({ at: from, name: weather, act: () => this.#setWeather(weather) });
      plan.push({ at: from + this.#dice.between(200, 900), name: 'open', act: () => this.#setWeather('open') });
    }
    for (let i = 0; i < (this.#options.blowsPerLoop ?? 2); i++) {
      const blow = this.#blows.deal();
      this.#struck[blow] = (this.#struck[blow] ?? 0) + 1;
      const from = at();
      const until = from + this.#dice.between(300, 1_500);
      const [strike, heal] = this.#blow(blow);
      plan.push({ at: from, name: blow, act: strike });
      plan.push({ at: until, name: `after ${blow}`, act: heal });
    }
    plan.sort((a, b) => a.at - b.at);
    this.#options.log(`loop ${number}: ${plan.map((step) => `${step.at} ${step.name}`).join(', ')}`);
    const since = Date.now();
    for (const step of plan) {
      await sleep(Math.max(0, since + step.at - Date.now()));
      await step.act();
    }
    this.#phone.assertSound();
  }

  #blow(blow: Blow): [strike: () => void | Promise<void>, heal: () => void] {
    const { api, worker, postgres } = this.#stack.parts;
    const nothing = (): void => undefined;
    switch (blow) {
      case 'kill device': {
        const diceSeed = this.#dice.between(0, 2 ** 31);
        // Right after it said that something is safe: the moment at which a promise that came too early is found out.
        const rightAfter = this.#dice.chance(0.7);
        const strike = async (): Promise<void> => {
          if (rightAfter) await this.#phone.until((report) => 'kept' in report, 2_000).catch(() => undefined);
          await this.#phone.kill();
          // What is in clear here may be gone at the end.
          const { findings } = await searchFiles([this.#deviceDisk.folder], this.#canary);
          this.#inClear.push(...findings);
        };
        return [strike, () => void (this.#phone.isAlive || this.#phone.start(diceSeed))];
      }
      case 'kill api':
        return [() => api.kill('SIGKILL'), nothing];
      case 'kill worker':
        return [() => worker.kill('SIGKILL'), nothing];
      case 'kill postgres':
        return [() => postgres.kill('SIGKILL'), nothing];
      case 'fill server':
        return this.#fill(this.#serverDisk);
      case 'fill device':
        return this.#fill(this.#deviceDisk);
    }
  }

  /** Leaves nothing, or a few bytes, so that some writes end in their middle. */
  #fill(disk: SmallDisk): [strike: () => void, heal: () => void] {
    const left = this.#dice.chance(0.5) ? 0 : this.#dice.between(1, 16) * 4096;
    return [() => disk.fill(left), () => disk.free()];
  }

  /** The weather clears up, the disks have room again, everything runs; then the device sends what it has. */
  async recover(): Promise<void> {
    for (const disk of [this.#serverDisk, this.#deviceDisk]) disk.free();
    this.#setWeather('open');
    for (const part of this.#parts) await this.#serving(part);
    if (!this.#phone.isAlive) this.#phone.start(this.#dice.between(0, 2 ** 31));
    await this.#phone.drain(90_000 + 2_000 * this.#options.loops);
    this.#options.log(`recovered after ${this.#seconds} s`);
  }

  get #seconds(): number {
    return Math.round((Date.now() - this.#since) / 1000);
  }

  /** Where a byte could have been left: disks of device and operator (PostgreSQL and its log of writes too), wire, logs. */
  get #places(): Record<string, string> {
    return {
      'disk of the device': this.#deviceDisk.folder,
      'blocks of the operator': this.#serverDisk.folder,
      'files of PostgreSQL': join(this.#dataDir, 'postgres', 'data'),
      'rest of the disk of the operator': this.#dataDir,
      'logs of the operator': this.#stack.logDir,
      'log of the device': join(this.#outside, 'logs'),
      wire: join(this.#outside, 'wire'),
    };
  }

  async judge(): Promise<ChaosResult> {
    const { urls, deployment } = this.#stack;
    const faults = await untilAnchored(urls.database, 120_000);
    const owner = this.#clients.of('stranger', { seed: this.#seed, platform: memoryPlatform() });
    const content = await checkContent(owner, this.#datasetId, this.#phone.journal);
    const operator = await checkOperator({
      databaseUrl: urls.database,
      rpcUrl: urls.rpc,
      registry: deployment.addresses.ContributionRegistry,
      storeDir: this.#serverDisk.folder,
    });
    faults.push(...content.faults, ...operator.faults);
    faults.push(...(await checkNothingEncryptedTwice(urls.database, join(this.#outside, 'wire', 'api'))));
    if (!existsSync(join(this.#places['files of PostgreSQL'] as string, 'PG_VERSION')))
      faults.push('the files of PostgreSQL are not where they are searched');

    const clean = await this.#search();
    faults.push(
      ...[...this.#inClear, ...clean.findings].map(({ place, disguise }) => `the canary (${disguise}) is in ${place}`),
    );
    faults.push(...(await this.#searchFindsWhatIsThere()));

    const { kept, refused, warned, lives } = this.#phone.journal;
    if (kept.size === 0) faults.push('the device acknowledged nothing');
    const struck: Record<string, number> = {};
    for (const network of this.#networks)
      for (const [weather, times] of Object.entries(network.struck)) struck[weather] = (struck[weather] ?? 0) + times;
    return {
      faults,
      figures: {
        seed: this.#options.seed,
        loops: this.#options.loops,
        acknowledged: kept.size,
        contributions: content.contributions,
        batches: operator.batches,
        blocks: operator.blocks,
        lives,
        refused: Object.fromEntries(refused),
        warned: Object.fromEntries(warned),
        blows: this.#struck,
        struck,
        disks: this.#serverDisk.kind,
        searchedFiles: clean.files,
        searchedMB: Math.round(clean.bytes / 1e6),
        searchedRows: clean.rows,
        seconds: this.#seconds,
      },
    };
  }

  async #search(): Promise<{ files: number; bytes: number; rows: number; findings: Finding[] }> {
    const files = await searchFiles([this.#dataDir, this.#outside], this.#canary);
    const database = await searchDatabase(this.#stack.urls.database, this.#canary);
    return { ...files, rows: database.rows, findings: [...files.findings, ...database.findings] };
  }

  /** Puts the canary in clear into every place once: a search that did not find it there would prove nothing. */
  async #searchFindsWhatIsThere(): Promise<Faults> {
    const places = this.#places;
    const raw = `it says ${this.#canary} here`;
    writeFileSync(join(places['disk of the device'] as string, 'planted'), Buffer.from(raw).toString('base64'));
    writeFileSync(join(places['blocks of the operator'] as string, 'planted'), raw);
    writeFileSync(join(this.#dataDir, 'planted'), Buffer.from(raw).toString('hex'));
    for (const name of ['logs of the operator', 'log of the device'])
      appendFileSync(join(places[name] as string, 'planted.log'), `${raw}\n`);
    const db = new pg.Client({ connectionString: this.#stack.urls.database });
    await db.connect();
    await db.query('CREATE TABLE planted (word text)');
    await db.query('INSERT INTO planted VALUES ($1)', [raw]);
    await db.end();
    await fetch(`${this.#networks[0]?.address()}/ipfs/${this.#canary}`).then((answer) => answer.arrayBuffer());
    const { findings } = await this.#search();
    const missed = Object.entries(places).filter(
      ([, folder]) => !findings.some(({ place }) => place.startsWith(folder)),
    );
    const faults = missed.map(([name]) => `the canary was planted on purpose in the ${name} and was not found`);
    if (!findings.some(({ place }) => place.endsWith('planted') && !place.startsWith('/')))
      faults.push('the canary was planted on purpose in a row of the database and was not found');
    return faults;
  }

  async end(): Promise<void> {
    clearInterval(this.#watch);
    const { logs } = this.#options;
    if (logs && this.#stack) {
      cpSync(this.#stack.logDir, join(logs, 'operator'), { recursive: true });
      cpSync(join(this.#outside, 'logs'), join(logs, 'device'), { recursive: true });
    }
    if (this.#phone?.isAlive) await this.#phone.kill();
    for (const network of this.#networks) await network.close();
    await this.#clients?.close();
    await this.#stack?.stop();
    forgetPostgres(this.#dataDir);
    for (const disk of [this.#serverDisk, this.#deviceDisk]) disk?.close();
    for (const folder of [this.#dataDir, this.#outside]) rmSync(folder, { recursive: true, force: true });
  }
}
