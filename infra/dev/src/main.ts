import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { formatResult, readResult, runJob, storeResult } from './report.ts';
import type { JobReport } from './report.ts';
import { readSettings, usage } from './settings.ts';
import { startStack } from './stack.ts';
import type { Stack } from './stack.ts';
import { keeperWarnings } from './parts/keepers.ts';

type RunMainJob = (stack: Stack, report: JobReport) => Promise<void>;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** The main job lies in its own folder so that the stack can be used without it. */
async function mainJob(): Promise<RunMainJob | undefined> {
  const file = fileURLToPath(new URL('./main-job/index.ts', import.meta.url));
  if (!existsSync(file)) return undefined;
  return ((await import(file)) as { runMainJob: RunMainJob }).runMainJob;
}

function printUrls(stack: Stack): void {
  const { urls } = stack;
  print('');
  print(`  labeling app       ${urls.ui}`);
  print(`  GraphQL explorer   ${urls.graphiql}`);
  print(`  GraphQL            ${urls.graphql}`);
  print(`  chain ${stack.chainId}        ${urls.rpc}`);
  print(`  keepers            ${urls.keepers.join('  ')}`);
  print(`  logs               ${stack.logDir}`);
}

/** Calls back when the process that started us is gone, so that a killed `npm start` leaves nothing behind. */
function watchParent(onGone: () => void): void {
  const told = process.env['ALLOD_WATCH_PARENT'];
  if (!told && !process.env['npm_lifecycle_event']) return;
  const parent = told ? Number(told) : process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, 300);
  timer.unref();
}

/** Runs the development stack; resolves to the exit code when it has ended. */
export async function main(args: string[]): Promise<number> {
  let settings;
  try {
    settings = readSettings(args);
  } catch (error) {
    print(`${(error as Error).message}\n\n${usage()}`);
    return 2;
  }
  if (settings.help) {
    print(usage());
    return 0;
  }

  const since = Date.now();
  const abort = new AbortController();
  let wake = (): void => {};
  const ended = new Promise<void>((resolve) => (wake = resolve));
  const end = (): void => {
    abort.abort();
    wake();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  watchParent(end);

  let stack: Stack;
  try {
    stack = await startStack({
      dataDir: settings.dataDir,
      ports: settings.ports,
      fresh: settings.fresh,
      durable: true,
      signal: abort.signal,
      onPart: (part, detail, ms) => print(`✓ ${part.padEnd(10)} ${(ms / 1000).toFixed(1).padStart(5)} s  ${detail}`),
    });
  } catch (error) {
    if (abort.signal.aborted) return 130;
    print((error as Error).message);
    return 1;
  }
  if (abort.signal.aborted) {
    await stack.stop();
    return 130;
  }
  print(`all parts serve after ${((Date.now() - since) / 1000).toFixed(1)} s`);

  let code = 0;
  const job = settings.noJob ? undefined : await mainJob();
  const stored = readResult(settings.dataDir);
  if (settings.noJob) print('the main job is left out');
  else if (stored?.ok && !settings.again) {
    print(
      `\n${formatResult(stored)}\n(the stored result of an earlier run; npm start -- --again runs the job once more)`,
    );
  } else if (job) {
    print('\nmain job');
    const run = runJob(
      (report) => job(stack, report),
      print,
      (step, error) => {
        stack.log.error({ step, error: (error as Error).stack }, 'main job failed');
      },
    );
    const result = await Promise.race([run, ended]);
    if (result) {
      storeResult(stack.dataDir, result);
      if (result.ok) print(`\n${formatResult(result)}`);
      else code = 1;
    }
  }
  for (const warning of await keeperWarnings(stack.urls.keepers)) print(`! ${warning}`);
  if (!settings.exit && !abort.signal.aborted) {
    printUrls(stack);
    print('\nrunning; Ctrl-C stops everything');
    await ended;
  }
  await stack.stop();
  return abort.signal.aborted && settings.exit ? 130 : code;
}

if (import.meta.main) process.exit(await main(process.argv.slice(2)));
