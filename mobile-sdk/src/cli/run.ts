import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { RefusedError } from '../errors/api.ts';
import { isAllodError } from '../errors/base.ts';
import { UploadDeferredError } from '../errors/upload.ts';
import { commands, type Outcome } from './commands.ts';
import { Exit, type Io, UsageError } from './io.ts';
import { type Device, openDevice } from './open.ts';

const OPTIONS = {
  home: { type: 'string' },
  network: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  dataset: { type: 'string' },
  id: { type: 'string' },
  purposes: { type: 'string' },
  until: { type: 'string' },
  terms: { type: 'string' },
  'min-price': { type: 'string' },
  type: { type: 'string' },
  out: { type: 'string' },
  queued: { type: 'boolean' },
  'keep-metadata': { type: 'boolean' },
  'include-refused': { type: 'boolean' },
} as const;

const RECOMPUTE = 'recompute <votes.json | job id> [--api URL] [--rpc URL]';

/** The help text: one line for each command. */
export function usage(): string {
  const lines = Object.values(commands).map(({ usage: line, help }) => `  allod ${line}\n      ${help}`);
  return [
    'Contribute data that only your consent opens.',
    '',
    ...lines,
    '',
    `  allod ${RECOMPUTE}`,
    '      rebuild every verdict and payout of a closed labeling job from its published votes',
    '',
    '  --home DIRECTORY   seed, keys and queue (default $ALLOD_HOME or ~/.allod)',
    '  --network FILE     addresses and keys of the network (default $ALLOD_NETWORK or network.json in the home)',
    '  --json             one JSON value on standard output',
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong use, 3 waiting on this device, 4 refused by the API.',
    '',
  ].join('\n');
}

/** Runs one command. @returns its exit code */
export async function run(
  argv: readonly string[],
  io: Io,
  open: (io: Io, flags: { home?: string | undefined; network?: string | undefined }) => Device = openDevice,
): Promise<number> {
  if (argv[0] === 'recompute') return recompute(argv.slice(1), io);
  const json = argv.includes('--json');
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
    const [name, ...args] = positionals;
    if (values.help || name === undefined) {
      io.out(usage());
      return values.help ? Exit.ok : Exit.usage;
    }
    const command = commands[name];
    if (!command) throw new UsageError(`there is no command ${name}`);
    const outcome = await command.run({ io, device: open(io, values), flags: values, args });
    io.out(json ? `${JSON.stringify(outcome.value, plain)}\n` : outcome.lines.map((line) => `${line}\n`).join(''));
    return outcome.code;
  } catch (error) {
    const { code, exit, message } = failureOf(error);
    if (json) io.out(`${JSON.stringify({ error: { code, message } })}\n`);
    io.err(`allod: ${message}${code ? ` (${code})` : ''}\n`);
    return exit;
  }
}

/** The scorer's own code, as `npm run labels -- recompute` runs it: a second implementation would prove less. */
async function recompute(argv: readonly string[], { out, err }: Io): Promise<number> {
  const { runRecompute } = await import('../../../api/src/cli/recompute.ts');
  return runRecompute(argv, { read: (path) => readFileSync(path), out, err });
}

const plain = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value);

function failureOf(error: unknown): { code: string | null; exit: Outcome['code']; message: string } {
  const message = error instanceof Error ? error.message : String(error);
  const wrongFlag = (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  if (error instanceof UsageError || wrongFlag) return { code: null, exit: Exit.usage, message };
  const code = isAllodError(error) ? error.code : ((error as { code?: string }).code ?? null);
  const waits = error instanceof UploadDeferredError || code === 'TRANSPORT_FAILED';
  return { code, exit: error instanceof RefusedError ? Exit.refused : waits ? Exit.waiting : Exit.failed, message };
}
