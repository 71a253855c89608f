import { join } from 'node:path';
import { REPOSITORY } from '../settings.ts';

/** Environment of every Node part: no flags of the process that runs this one, and compiled code kept between starts. */
export const NODE_ENVIRONMENT = {
  NODE_OPTIONS: '',
  NODE_COMPILE_CACHE: join(REPOSITORY, 'node_modules', '.cache', 'node-compile'),
};

/** Command and arguments that run a script under the Node that runs this one. */
export function childNode(script: string, args: string[] = []): { command: string; args: string[] } {
  const flags = ['--enable-source-maps', '--disable-warning=ExperimentalWarning'];
  return { command: process.execPath, args: [...flags, script, ...args] };
}

/** Throws unless the address answers with success. */
export async function untilOk(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(3_000) });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
}
