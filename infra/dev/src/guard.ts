// Outlives the stack by a few seconds. It is told the process groups of all parts on its standard input; when that
// input closes without the groups having been taken back, the stack died without stopping them, so it does.
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const groups = new Map<number, NodeJS.Signals>();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-group, signal);
    return true;
  } catch {
    return false;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const [verb, group, signal] = line.split(' ');
  if (verb === 'add') groups.set(Number(group), signal as NodeJS.Signals);
  else if (verb === 'remove') groups.delete(Number(group));
}

for (const [group, signal] of groups) signalGroup(group, signal);
const deadline = Date.now() + 3_000;
while (Date.now() < deadline && [...groups.keys()].some((group) => signalGroup(group, 0))) await sleep(50);
for (const group of groups.keys()) signalGroup(group, 'SIGKILL');
process.exit(0);
