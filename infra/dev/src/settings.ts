import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { resolve } from 'node:path';

export const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');

/** Every port the stack listens on, all on 127.0.0.1. */
export interface Ports {
  postgres: number;
  chain: number;
  rpcProxy1: number;
  rpcProxy2: number;
  api: number;
  worker: number;
  keeper1: number;
  keeper2: number;
  keeper3: number;
  ui: number;
}

export type PortName = keyof Ports;

export const DEFAULT_PORTS: Ports = {
  postgres: 54329,
  chain: 8545,
  rpcProxy1: 8546,
  rpcProxy2: 8547,
  api: 4000,
  worker: 4001,
  keeper1: 7470,
  keeper2: 7471,
  keeper3: 7472,
  ui: 4173,
};

export const PORT_NAMES = Object.keys(DEFAULT_PORTS) as PortName[];

const kebab = (name: string): string => name.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase();

export const flagOf = (name: PortName): string => `${kebab(name)}-port`;
export const variableOf = (name: PortName): string => `ALLOD_${flagOf(name).replaceAll('-', '_').toUpperCase()}`;

export interface Settings {
  dataDir: string;
  ports: Ports;
  fresh: boolean;
  exit: boolean;
  again: boolean;
  noJob: boolean;
  help: boolean;
}

function portOf(value: string, where: string): number {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Error(`${where}: ${value} is not a port`);
  return port;
}

/** Reads flags first, then ALLOD_… variables, then the defaults. */
export function readSettings(args: string[], env: NodeJS.ProcessEnv = process.env): Settings {
  const portOptions = Object.fromEntries(PORT_NAMES.map((name) => [flagOf(name), { type: 'string' as const }]));
  const { values } = parseArgs({
    args,
    options: {
      fresh: { type: 'boolean' as const, default: false },
      exit: { type: 'boolean' as const, default: false },
      again: { type: 'boolean' as const, default: false },
      'no-job': { type: 'boolean' as const, default: false },
      help: { type: 'boolean' as const, short: 'h', default: false },
      'data-dir': { type: 'string' as const },
      ...portOptions,
    },
  });
  const given = values as Record<string, string | boolean | undefined>;
  const ports = { ...DEFAULT_PORTS };
  for (const name of PORT_NAMES) {
    const flag = given[flagOf(name)];
    const variable = env[variableOf(name)];
    if (typeof flag === 'string') ports[name] = portOf(flag, `--${flagOf(name)}`);
    else if (variable) ports[name] = portOf(variable, variableOf(name));
  }
  return {
    dataDir: resolve(REPOSITORY, String(given['data-dir'] ?? env.ALLOD_DATA_DIR ?? '.allod')),
    ports,
    fresh: given.fresh === true,
    exit: given.exit === true,
    again: given.again === true,
    noJob: given['no-job'] === true,
    help: given.help === true,
  };
}

export function usage(): string {
  const lines = PORT_NAMES.map((name) => {
    const flag = `--${flagOf(name)} N`;
    return `  ${flag.padEnd(22)} ${String(DEFAULT_PORTS[name]).padEnd(6)} or ${variableOf(name)}`;
  });
  return [
    'npm start -- [flags]',
    '  --exit                 run the main job, then stop; exit code 1 names the step that failed',
    '  --again                run the main job once more on the data that is there',
    '  --no-job               start the parts only',
    '  --fresh                forget all data first',
    '  --data-dir PATH        where data and logs are kept (.allod, or ALLOD_DATA_DIR)',
    'ports, all on 127.0.0.1:',
    ...lines,
  ].join('\n');
}
