import { beforeEach, describe, expect, it } from '@jest/globals';
import type { SealedKeyRecord } from '@allod/protocol';
import type { ContributionCommitInput } from '../graphql/generated.ts';
import { consentTo, createWorld, DATASET, seedOf, type World } from '../testing/fixtures.ts';
import type { RecoveredItem, RecoverContributionsParameters } from './recoverContributions.ts';

const item = (value: string, mediaType = 'text/plain') => ({ bytes: new TextEncoder().encode(value), mediaType });
const read = (result: RecoveredItem): string =>
  result.ok ? `${new TextDecoder().decode(result.bytes)} (${result.mediaType})` : result.error.code;

/** What the API keeps of the commits for their owner. */
function ownerKeys(commits: readonly ContributionCommitInput[]) {
  const wrapsOf = (commit: ContributionCommitInput) => {
    const record = commit.sealedKek.record as SealedKeyRecord;
    return commit.contributions.map(({ contributionId, intake, wrappedDek }) => ({
      contributionId,
      kind: 'kek',
      intake,
      consentHash: record.consentHash,
      packId: null,
      wrappedDek,
    }));
  };
  return { sealed: commits.map(({ sealedKek }) => sealedKek), wraps: commits.flatMap(wrapsOf) };
}

describe('recoverContributions on a second device', () => {
  let world: World;
  let asked: { account: string; version: number }[];
  let kept: ReturnType<typeof ownerKeys>;
  let states: Map<string, string>;

  beforeEach(async () => {
    asked = [];
    states = new Map();
    world = createWorld((account, record) => {
      asked.push({ account, version: (record as { version: number }).version });
      return account === record.contributorRef;
    });
    const first = world.client({ seed: seedOf(7) });
    await consentTo(first, ['TRAIN']);
    await first.contribute({ datasetId: DATASET, items: [item('one'), item('two', 'text/markdown')] });
    world.api.openIntake = 3;
    await first.contribute({ datasetId: DATASET, items: [item('three')] });
    await consentTo(first, ['EVALUATE']);
    await first.contribute({ datasetId: DATASET, items: [item('four')] });
    kept = ownerKeys(world.api.commits);
    world.api.resolvers['ownerKeys'] = () => kept;
    const nodes = world.api.commits.flatMap((commit) =>
      commit.contributions.map((node) => ({
        ...node,
        id: node.contributionId,
        datasetId: DATASET,
        contributorRef: commit.consent.contributorRef,
        cid: node.leaves[0],
        consentHash: (commit.sealedKek.record as SealedKeyRecord).consentHash,
      })),
    );
    world.api.resolvers['myContributions'] = (({ first: count, after }: { first: number; after?: string }) => {
      const from = Number(after ?? 0);
      const to = from + Math.min(count, 3);
      return {
        edges: nodes.slice(from, to).map((node) => ({ node: { ...node, state: states.get(node.id) ?? 'ANCHORED' } })),
        pageInfo: { hasNextPage: to < nodes.length, endCursor: String(to) },
      };
    }) as never;
  });

  const recover = async (keys?: RecoverContributionsParameters['keys'], seed = seedOf(7)): Promise<string[]> => {
    const second = world.client({ seed });
    const results: string[] = [];
    for await (const result of second.recoverContributions({ datasetId: DATASET, ...(keys ? { keys } : {}) }))
      results.push(read(result));
    return results;
  };
  const ALL = ['one (text/plain)', 'two (text/markdown)', 'three (text/plain)', 'four (text/plain)'];

  it('opens everything from the seed alone, without the keepers', async () => {
    expect(await recover()).toEqual(ALL);
    expect(asked).toEqual([]);
  });

  it('opens everything with the sealed keys, one asked for each consent, as the contributor', async () => {
    expect(await recover('keepers')).toEqual(ALL);
    const ref = world.client({ seed: seedOf(7) }).contributorRef(DATASET);
    expect(asked).toEqual([
      { account: ref, version: 3 },
      { account: ref, version: 3 },
    ]);
  });

  it('opens nothing with another seed', async () => {
    expect(await recover('seed', seedOf(8))).toEqual(Array(4).fill('DOES_NOT_OPEN'));
    expect(await recover('keepers', seedOf(8))).toEqual(Array(4).fill('NOT_AUTHORIZED'));
  });

  it('says what was withdrawn, what has no key and what does not fit, and goes on', async () => {
    const [first, second, third] = kept.wraps;
    states.set(first!.contributionId, 'WITHDRAWN');
    kept.wraps = [{ ...second!, wrappedDek: third!.wrappedDek }, ...kept.wraps.slice(3)];
    expect(await recover()).toEqual(['ITEM_WITHDRAWN', 'DOES_NOT_OPEN', 'WRAP_MISSING', ALL[3]]);
    kept.sealed = kept.sealed.slice(0, 2);
    expect((await recover('keepers'))[3]).toBe('KEY_MISSING');
  });
});
