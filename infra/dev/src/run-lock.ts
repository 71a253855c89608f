import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Holder {
  pid: number;
  started: string;
}

/** When the process began, as the kernel tells it: with it a reused process id is not taken for the old process. */
function startOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return undefined;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return 'unknown';
  }
}

/** Holds a data folder for one stack at a time; what a killed stack left behind does not hold it. */
export function holdDataDir(dataDir: string): () => void {
  const file = join(dataDir, 'run.json');
  try {
    const holder = JSON.parse(readFileSync(file, 'utf8')) as Holder;
    if (holder.pid !== process.pid && startOf(holder.pid) === holder.started) {
      throw new Error(`${dataDir} is in use by process ${holder.pid}: stop it, or choose another with --data-dir`);
    }
  } catch (error) {
    const gone = (error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError;
    if (!gone) throw error;
  }
  const mine: Holder = { pid: process.pid, started: startOf(process.pid) ?? 'unknown' };
  writeFileSync(file, JSON.stringify(mine));
  return () => rmSync(file, { force: true });
}
