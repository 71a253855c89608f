import type { Pool } from 'pg';
import type { ContentStore } from './content-store.port.ts';

const AT_ONCE = 1_000;

/**
 * Takes every block that is stored and that no row names for the operator's own: contributors' blocks have had rows from the start.
 * Once after an upgrade, before anything is served. @returns how many, undefined when that is done already
 */
export async function holdOldBlocks(store: ContentStore, pool: Pool): Promise<number | undefined> {
  const { rowCount } = await pool.query('SELECT FROM old_blocks');
  if (!rowCount) return undefined;
  let count = 0;
  const hold = async (cids: string[]): Promise<void> => {
    const held = await pool.query(
      'INSERT INTO block (cid, held) SELECT unnest($1::text[]), true ON CONFLICT DO NOTHING',
      [cids],
    );
    count += held.rowCount ?? 0;
  };
  const some: string[] = [];
  for await (const cid of store.list()) {
    some.push(cid);
    if (some.length === AT_ONCE) await hold(some.splice(0));
  }
  await hold(some.splice(0));
  await pool.query('DELETE FROM old_blocks');
  return count;
}
