/** `npm run size -w @allod/sdk [-- --inputs]`: gzip sizes of the bundles; exit code 1 when one is over its limit. */
import { bundleSizes } from './bundle-size.ts';

const kb = (bytes: number): string => `${(bytes / 1000).toFixed(1)} KB`;

let isOver = false;
for (const { name, gzip, limit, inputs } of await bundleSizes()) {
  const over = limit !== null && gzip > limit;
  isOver ||= over;
  const bound = limit === null ? '' : over ? `, OVER ${kb(limit)}` : ` of ${kb(limit)}`;
  console.log(`${name}: ${kb(gzip)} gzip${bound}`);
  if (process.argv.includes('--inputs')) for (const input of inputs.slice(0, 25)) console.log(`  ${input}`);
}
process.exitCode = isOver ? 1 : 0;
