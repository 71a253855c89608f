import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { flagOf, variableOf, PORT_NAMES } from './settings.ts';
import type { Ports } from './settings.ts';

export class PortBusyError extends Error {
  override readonly name = 'PortBusyError';
  readonly code = 'PORT_BUSY';
  readonly ports: number[];

  constructor(ports: number[], message: string) {
    super(message);
    this.ports = ports;
  }
}

/** Resolves to the port when it can be bound, or undefined when it is taken. */
function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.close(() => resolve(port));
    });
  });
}

/** Throws one error that names every port that cannot be had and the flag that moves it. */
export async function assertPortsFree(ports: Ports): Promise<void> {
  const busy: { port: number; line: string }[] = [];
  const seen = new Map<number, string>();
  for (const name of PORT_NAMES) {
    const port = ports[name];
    const other = seen.get(port);
    if (other) busy.push({ port, line: `port ${port} is asked for twice, by ${other} and ${name}` });
    else if ((await tryPort(port)) === undefined) {
      const line = `port ${port} (${name}) is in use: choose another with --${flagOf(name)} N or ${variableOf(name)}=N`;
      busy.push({ port, line });
    }
    seen.set(port, name);
  }
  if (busy.length > 0) {
    throw new PortBusyError(
      busy.map((entry) => entry.port),
      busy.map((entry) => entry.line).join('\n'),
    );
  }
}

/** Below the range from which the system takes ports for outgoing connections, so that none of those gets in between. */
const LOWEST = 20_000;
const HIGHEST = 32_000;

/** Ports that nothing listens on now, one for each part, for tests that run beside a development stack. */
export async function freePorts(): Promise<Ports> {
  const taken = new Set<number>();
  const entries: [string, number][] = [];
  for (const name of PORT_NAMES) {
    let port: number | undefined;
    while (port === undefined) {
      const candidate = randomInt(LOWEST, HIGHEST);
      if (!taken.has(candidate)) port = await tryPort(candidate);
    }
    taken.add(port);
    entries.push([name, port]);
  }
  return Object.fromEntries(entries) as unknown as Ports;
}
