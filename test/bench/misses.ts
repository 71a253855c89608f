import { readFileSync } from 'node:fs';

/** Why targets are missed, by the target's name, from the `misses.json` beside a bench (`import.meta.url`). */
export const reasonsBeside = (bench: string): Record<string, string> =>
  JSON.parse(readFileSync(new URL('misses.json', bench), 'utf8')) as Record<string, string>;
