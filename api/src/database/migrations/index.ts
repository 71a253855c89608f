import { Foundation1764000000000 } from './1764000000000-foundation.ts';
import { Accounts1764000001000 } from './1764000001000-accounts.ts';

/** Every migration, oldest first; TypeORM orders them by the timestamp in the class name. */
export const migrations = [Foundation1764000000000, Accounts1764000001000];
