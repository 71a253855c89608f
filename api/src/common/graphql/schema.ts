import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** `api/schema.graphql`, from `src` as well as from `dist`. */
export const readSchema = (): string =>
  readFileSync(fileURLToPath(new URL('../../../schema.graphql', import.meta.url)), 'utf8');
