import type { UploadEvent } from '../events.ts';
import type { Io } from './io.ts';

const WIDTH = 30;
const mega = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;

/** One line of a bar: `[####------] 1.2 MB of 4.0 MB UPLOADING`. */
export function barOf({ bytes, bytesStored, state }: Pick<UploadEvent, 'bytes' | 'bytesStored' | 'state'>): string {
  const done = bytes === 0 ? WIDTH : Math.round((WIDTH * Math.min(bytesStored, bytes)) / bytes);
  return `[${'#'.repeat(done)}${'-'.repeat(WIDTH - done)}] ${mega(bytesStored)} of ${mega(bytes)} ${state}`;
}

/** Draws the upload of the batch that is on its way: over itself on a terminal, a line for each state elsewhere. */
export function drawProgress(io: Io): (event: UploadEvent) => void {
  let last = '';
  return (event) => {
    if (io.isTerminal) {
      const end = ['COMMITTED', 'REFUSED', 'WAITING'].includes(event.state) ? '\n' : '';
      io.err(`\r\u001b[2K${barOf(event)}${event.code ? ` ${event.code}` : ''}${end}`);
    } else if (event.state !== last) {
      io.err(`${event.state}${event.code ? ` ${event.code}` : ''}\n`);
    }
    last = event.state;
  };
}
