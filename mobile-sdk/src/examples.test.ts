import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { purposesOf } from '@allod/protocol';
import * as actions from './actions/index.ts';
import { createWorld, DATASET, FAR_AWAY, seedOf, TERMS_HASH } from './testing/fixtures.ts';
import { openCommits } from './testing/openCommits.ts';

type Program = (scope: Record<string, unknown>) => Promise<Record<string, unknown>>;

/** The code as a program over the names that it uses; it may hold `await` and `for await`. Throws on a syntax error. */
function programOf(code: string): Program {
  const names = [...code.matchAll(/\bconst (?:\{([^}]*)\}|\[([^\]]*)\]|(\w+))/g)].flatMap(([, fields, items, name]) =>
    (fields ?? items ?? name ?? '').split(',').map((each) => each.split(':').at(-1)!.trim()),
  );
  const outer = names.filter((name) => new RegExp(`^const .*\\b${name}\\b`, 'm').test(code));
  const AsyncFunction = (async () => undefined).constructor as new (
    ...parts: string[]
  ) => (scope: unknown) => Promise<never>;
  const body = `with (scope) { return await (async () => { ${code}\n return { ${outer.join(', ')} }; })(); }`;
  return new AsyncFunction('scope', body);
}

/** `@example` of each exported verb of a file. */
function examplesIn(source: string): [verb: string, code: string][] {
  const docs = source.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export (?:async )?function\*? (\w+)/g);
  return [...docs].map(([, doc, verb]) => {
    const text = (doc as string)
      .split('\n')
      .map((line) => line.replace(/^ \* ?/, ''))
      .join('\n');
    return [verb as string, text.split('@example')[1]?.split(/\n@/)[0]?.trim() ?? ''];
  });
}

const folder = new URL('./actions/', import.meta.url);
const examples = new Map(
  readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .flatMap((name) => examplesIn(readFileSync(new URL(name, folder), 'utf8'))),
);

/** A contributor who has agreed and whose first contribution is committed. */
async function contributorScope(): Promise<Record<string, unknown> & { world: ReturnType<typeof createWorld> }> {
  const world = createWorld();
  const client = world.client({ seed: seedOf(44) });
  await client.grantConsent({
    datasetId: DATASET,
    purposes: purposesOf('TRAIN'),
    validUntil: FAR_AWAY,
    termsHash: TERMS_HASH,
  });
  const items = [{ bytes: new TextEncoder().encode('first'), mediaType: 'text/plain' }];
  const { contributionIds, batchId } = await client.contribute({ datasetId: DATASET, items });
  const contribution = {
    __typename: 'Contribution',
    id: contributionIds[0],
    datasetId: DATASET,
    contributorRef: client.contributorRef(DATASET),
    cid: 'bafk',
    size: 1,
    intake: 1,
    state: 'ANCHORED',
    batchRoot: TERMS_HASH,
    index: 0,
    proof: [],
    committedAt: '2026-01-01T00:00:00.000Z',
  };
  world.api.resolvers['contribution'] = () => contribution;
  world.api.resolvers['contributionWithdraw'] = () => ({ ...contribution, state: 'WITHDRAWN' });
  world.api.resolvers['myContributions'] = () => ({
    edges: [{ cursor: 'a', node: contribution }],
    totalCount: 1,
    pageInfo: { hasNextPage: false, endCursor: null },
  });
  const quiet = { ...console, log: () => undefined };
  return {
    world,
    client,
    datasetId: DATASET,
    contributionId: contributionIds[0],
    batchId,
    termsHash: TERMS_HASH,
    purposesOf,
    console: quiet,
    Blob,
  };
}

/** Verbs whose examples run here; those of labelers, licensees and curators run as calls in the journeys. */
const RUN = [
  'grantConsent',
  'contribute',
  'collect',
  'flush',
  'resume',
  'startUploads',
  'getQueue',
  'discardBatch',
  'getReceipts',
  'getContributionReceipt',
  'getContribution',
  'getContributions',
  'waitForContribution',
  'withdrawContribution',
  'erase',
] as const;

describe('the example of', () => {
  it.each(Object.keys(actions))('%s is there and is a program', (verb) => {
    expect(examples.get(verb)).toMatch(/\w\.\w+\(/);
    expect(() => programOf(examples.get(verb) as string)).not.toThrow();
  });

  it.each(RUN)('%s runs as written', async (verb) => {
    const scope = await contributorScope();
    await expect(programOf(examples.get(verb) as string)(scope)).resolves.toBeDefined();
    await (scope['client'] as { close(): Promise<void> }).close();
  });
});

it('the quickstart of the README runs as written', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const section = readme.split('### A contributor')[1]!.split('###')[0]!;
  const [first, second] = [...section.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code as string);
  const { world, ...scope } = await contributorScope();
  const states: string[] = [];
  const bytes = new TextEncoder().encode('a picture');
  const made = {
    createClient: () => world.client({ seed: seedOf(45) }),
    nodePlatform: () => undefined,
    directory: '',
    api: '',
    chain: {},
    keyGate: {},
    seed: seedOf(45),
  };
  const result = await programOf(first!)({
    ...scope,
    ...made,
    bytes,
    validUntil: FAR_AWAY,
    render: (state: string) => states.push(state),
  });
  expect(result['contributionIds']).toHaveLength(1);
  expect(
    await openCommits(
      { ...world.api, commits: world.api.commits.slice(1), blocks: world.api.blocks } as never,
      seedOf(45),
    ),
  ).toEqual(['a picture']);
  expect(states).toEqual(expect.arrayContaining(['QUEUED', 'UPLOADING', 'COMMITTED']));
  await expect(programOf(second!)({ ...scope, warn: () => undefined })).resolves.toBeDefined();
});
