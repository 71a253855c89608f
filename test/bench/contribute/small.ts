import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inTurn, median, wallSeconds } from './figures.ts';
import type { World } from './world.ts';

const BATCH = 1000;
const ITEM = 1000;
const COMMITS = 500;

/** Small items in full batches, from plaintext to committed, against one row committed by the same PostgreSQL. */
export async function measureSmallItems(world: World, items: number, rounds: number, say: (text: string) => void) {
  const { contributor, datasetId, stack } = world;
  const db = new pg.Client({ connectionString: stack.urls.database });
  await db.connect();
  try {
    await db.query('CREATE TABLE bench_commit (id bigserial PRIMARY KEY, bytes bytea NOT NULL)');
    const seconds = await inTurn(
      [
        {
          name: 'commit',
          round: async () => {
            const bytes = randomBytes(ITEM);
            const commits = async (): Promise<void> => {
              for (let i = 0; i < COMMITS; i++)
                await db.query({ name: 'one', text: 'INSERT INTO bench_commit (bytes) VALUES ($1)', values: [bytes] });
            };
            return (await wallSeconds(commits)) / COMMITS;
          },
        },
        {
          name: 'item',
          round: async () => {
            const batches = Array.from({ length: items / BATCH }, () =>
              Array.from({ length: BATCH }, () => ({
                bytes: new Uint8Array(randomBytes(ITEM)),
                mediaType: 'application/octet-stream',
              })),
            );
            const all = async (): Promise<void> => {
              for (const batch of batches) {
                const { contributions } = await contributor.contribute({ datasetId, items: batch });
                if (contributions.length !== BATCH) throw new Error(`${contributions.length} items were stored`);
              }
            };
            return (await wallSeconds(all)) / items;
          },
        },
      ],
      rounds,
    );
    for (const [name, figures] of Object.entries(seconds))
      say(
        `${name}: ${(median(figures) * 1000).toFixed(3)} ms (${figures.map((s) => (s * 1000).toFixed(3)).join(', ')})`,
      );
    return { smallItemRatio: median(seconds['item']!.map((figure, i) => figure / seconds['commit']![i]!)) };
  } finally {
    await db.query('DROP TABLE IF EXISTS bench_commit');
    await db.end();
  }
}
