/** `node generator.ts <url> <requests per second> <body file>`: well-formed requests whose signatures are wrong, from many addresses. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';

const [target, rate, bodyFile] = process.argv.slice(2) as [string, string, string];
const url = new URL(target);
const body = readFileSync(bodyFile);
/** Loopback addresses, so that no limit by address stops the flood. */
const ADDRESSES = 100;
const TICK_MS = 10;
const agents = Array.from({ length: ADDRESSES }, () => new Agent({ keepAlive: true, maxSockets: 4 }));
const answers: Record<string, number> = {};
const note = (answer: string): void => void (answers[answer] = (answers[answer] ?? 0) + 1);
let sent = 0;

function send(): void {
  const from = sent++ % ADDRESSES;
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  const options = { method: 'POST', agent: agents[from]!, localAddress: `127.0.1.${from + 1}`, headers };
  request(url, options, (response) => {
    note(String(response.statusCode));
    response.resume();
  })
    .on('error', () => note('failed'))
    .end(body);
}

const since = performance.now();
const timer = setInterval(() => {
  const due = ((performance.now() - since) / 1000) * Number(rate);
  while (sent < due) send();
}, TICK_MS);
process.stdin.resume().once('end', () => process.exit(0));
process.once('SIGTERM', () => {
  clearInterval(timer);
  const seconds = (performance.now() - since) / 1000;
  process.stdout.write(JSON.stringify({ perSecond: Math.round(sent / seconds), answers }), () => process.exit(0));
});
