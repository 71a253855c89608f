import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Code,
  consentHash,
  contributionLeaf,
  contributionRoot,
  leavesByIndex,
  Purpose,
  signStruct,
  toHex,
  verifyContributionProof,
} from '@allod/protocol';
import type { Contribution, Hex, KeyFile, Manifest, SealedKeyRecord } from '@allod/protocol';
import { randomBytes } from 'node:crypto';
import type { ContributionCommitInput, ContributionRewrapInput } from '../../common/graphql/schema.generated.ts';
import { startApp } from '../../testing/app.ts';
import type { TestApp } from '../../testing/app.ts';
import { TestContributor } from '../../testing/contributor.ts';
import { createDataset } from '../../testing/dataset.ts';
import type { CuratedDataset } from '../../testing/dataset.ts';
import { structOf } from './batch-checks.ts';
import { consentOf } from './consent-checks.ts';
import { OpenLabels } from './open-labels.ts';

const LATE = `query($d: Bytes32!) { lateContributions(datasetId: $d) { openIntake batches {
  root count salt consentHash signature grant { signer signature } terms { purposes validUntil signature }
  items { wrappedDek contribution { id intake index proof state } } } } }`;
const REWRAP = `mutation($i: ContributionRewrapInput!) { contributionRewrap(input: $i) { __typename
  ... on ContributionBatchCommitted { root replay contributions { id intake index batchRoot proof state reason } receipt { subject } }
  ... on Refused { code message } } }`;
const CLOSE = 'mutation($d: Bytes32!) { intakeClose(datasetId: $d) { __typename } }';
const PREPARE = `mutation($d: Bytes32!) { versionPrepare(datasetId: $d) {
  ... on VersionDraft { number parent manifestCid contributorRoot otherRoot excluded { contributionId reason } } ... on Refused { code } } }`;

interface Place {
  id: string;
  intake: number;
  index: number;
  batchRoot: string;
  proof: Hex[];
  state: string;
  reason: string | null;
}
interface Answer {
  __typename: string;
  code?: string;
  root?: string;
  replay?: boolean;
  contributions?: Place[];
}
interface Late {
  openIntake: number;
  batches: { root: string; salt: string; items: { wrappedDek: string; contribution: Place }[] }[];
}
interface Draft {
  number: number;
  parent: number;
  manifestCid: string;
  contributorRoot: string;
  otherRoot: string;
  excluded: { contributionId: string; reason: string }[];
}

describe('an item that is validated after the version of its intake', () => {
  let api: TestApp;
  let dataset: CuratedDataset;
  let who: TestContributor;
  let committed: ContributionCommitInput;
  let ids: string[];
  const published = new Map<string, number>();
  const undecided = new Set<string>();

  beforeAll(async () => {
    api = await startApp();
    api.chain.readers.set('DatasetRegistry.latestVersion', (id) => BigInt(published.get(String(id)) ?? 0));
    api.chain.readers.set('ContributionRegistry.anchoredAt', () => 0n);
    api.relay.effects.set('ContributionRegistry.anchor', ([root, count]) => {
      const args = { root, count: String(count), by: api.relay.sender };
      api.chain.mine({ contract: 'ContributionRegistry', name: 'BatchAnchored', args });
    });
    api.app
      .get(OpenLabels, { strict: false })
      .use(async (_, asked) => new Set(asked.filter((id) => undecided.has(id))));
  });
  afterAll(() => api.stop());

  const anchor = async () => {
    await api.runOutbox();
    await api.confirm();
  };
  const prepare = async (): Promise<Draft> => {
    await api.graphql(CLOSE, { d: dataset.id }, dataset.token);
    return (await api.graphql<{ versionPrepare: Draft }>(PREPARE, { d: dataset.id }, dataset.token)).data
      .versionPrepare;
  };
  const publish = async (): Promise<Draft> => {
    const draft = await prepare();
    published.set(dataset.id, draft.number);
    const args = {
      datasetId: dataset.id,
      version: String(draft.number),
      manifestCid: draft.manifestCid,
      contributorRoot: BigInt(draft.contributorRoot).toString(),
      otherRoot: BigInt(draft.otherRoot).toString(),
      parent: String(draft.parent),
      opensAt: '1',
    };
    api.chain.mine({ contract: 'DatasetRegistry', name: 'VersionPublished', args });
    await api.confirm();
    return draft;
  };
  const read = async <T>(cid: string) => (await api.app.inject({ url: `/ipfs/${cid}?format=raw` })).json<T>();
  const late = async (token = who.token): Promise<Late> =>
    (await api.graphql<{ lateContributions: Late }>(LATE, { d: dataset.id }, token)).data.lateContributions;
  const state = async (id: string) =>
    (await api.sql<{ state: string; intake: number }>('SELECT state, intake FROM contribution WHERE id = $1', [id]))[0];

  /** What the SDK would send for these indexes of the committed batch. */
  const rewrapOf = async (indexes: number[], intake: number): Promise<ContributionRewrapInput> => {
    const hash = consentHash(consentOf(committed.consent));
    const leaves = new Map(
      indexes.map((index) => {
        const struct: Contribution = { ...structOf(committed, committed.contributions[index]!), intake };
        return [index, contributionLeaf(struct)];
      }),
    );
    const count = Math.max(...indexes) + 1;
    const { seals: _, ...terms } = committed.sealedKek.record as SealedKeyRecord;
    const input = {
      datasetId: dataset.id,
      consentHash: hash,
      intake,
      grant: committed.grant,
      root: contributionRoot(leavesByIndex(leaves, count)),
      count,
      salt: committed.salt,
      batchSignature: '0x',
      items: indexes.map((index) => ({
        contributionId: ids[index]!,
        wrappedDek: toHex(randomBytes(60)),
      })),
      sealedKek: await who.signRecord({ ...terms, version: intake }),
    };
    return sign(input);
  };
  const sign = async (input: ContributionRewrapInput): Promise<ContributionRewrapInput> => {
    const { root, count, consentHash: hash, salt } = input;
    const struct = { root, count, consentHash: hash, salt };
    const batchSignature = await signStruct(who.device, 'ContributionBatch', struct, 31337, api.env.CONTRACTS);
    return { ...input, batchSignature };
  };
  const rewrap = async (input: ContributionRewrapInput, token = who.token): Promise<Answer> => {
    const answer = await api.graphql<{ contributionRewrap: Answer }>(REWRAP, { i: input }, token);
    return answer.data?.contributionRewrap ?? { __typename: String(answer.errors?.[0]?.extensions?.code) };
  };

  /** Four items; the labels of the second and the last come only after version 1 is published. */
  beforeEach(async () => {
    dataset = await createDataset(api);
    who = await new TestContributor(api, dataset).signIn();
    const purposes = Purpose.TRAIN | Purpose.LABEL;
    ({ input: committed } = await who.contribute({ count: 4, purposes }));
    ids = committed.contributions.map((item) => item.contributionId);
    await anchor();
    await api.sql("UPDATE contribution SET state = 'REJECTED' WHERE id = ANY($1)", [[ids[1], ids[3]]]);
    await publish();
    await api.sql("UPDATE contribution SET state = 'ANCHORED' WHERE id = ANY($1)", [[ids[1], ids[3]]]);
    [ids[1], ids[3]].forEach((id) => undecided.add(id!));
  });

  const validate = async (id: string) => {
    undecided.delete(id);
    await api.sql("UPDATE contribution SET state = 'VALIDATED' WHERE id = $1", [id]);
    await api.sql(
      "INSERT INTO contribution_change (contribution_id, from_state, to_state) VALUES ($1, 'ANCHORED', 'VALIDATED')",
      [id],
    );
  };

  it('is told to its contributor once its labels are final, with what it takes to check the request', async () => {
    expect((await late()).batches).toEqual([]);
    await validate(ids[1]!);
    const { openIntake, batches } = await late();
    expect(openIntake).toBe(2);
    expect(batches).toHaveLength(1);
    expect(batches[0]).toMatchObject({
      root: committed.root,
      count: 4,
      salt: committed.salt,
      signature: committed.batchSignature,
      grant: { signer: who.device.address, signature: committed.grant.signature },
      terms: { signature: committed.consent.signature },
      items: [
        {
          wrappedDek: committed.contributions[1]!.wrappedDek,
          contribution: { id: ids[1], intake: 1, index: 1, state: 'VALIDATED' },
        },
      ],
    });
    const leaf = contributionLeaf(structOf(committed, committed.contributions[1]!));
    const { proof } = batches[0]!.items[0]!.contribution;
    expect(verifyContributionProof(committed.root, leaf, 1, proof)).toBe(true);
    const stranger = await new TestContributor(api, dataset).signIn();
    expect((await late(stranger.token)).batches).toEqual([]);
  });

  it('goes into no version while its key is one that older licensees can derive', async () => {
    await validate(ids[1]!);
    const other = await new TestContributor(api, dataset).signIn();
    await other.contribute({ intake: 2, count: 1 });
    await anchor();
    const draft = await publish();
    const reasons = new Map(draft.excluded.map((item) => [item.contributionId, item.reason]));
    expect(reasons.get(ids[1]!)).toBe(Code.AWAITS_REWRAP);
    const manifest = await read<Manifest>(draft.manifestCid);
    expect(manifest.items.map((item) => item.contributionId)).not.toContain(ids[1]);
    expect((await late()).openIntake).toBe(3);
    expect((await late()).batches[0]!.items).toHaveLength(1);
  });

  it('gets a new leaf in the open intake, keeps id, labels and label key, and is in the next version once', async () => {
    await validate(ids[1]!);
    await validate(ids[3]!);
    const input = await rewrapOf([1, 3], 2);
    const answer = await rewrap(input);
    expect(answer).toMatchObject({ __typename: 'ContributionBatchCommitted', replay: false, root: input.root });
    expect(answer.contributions).toMatchObject(
      [1, 3].map((index) => ({ id: ids[index], index, intake: 2, state: 'COMMITTED', reason: Code.REWRAPPED })),
    );
    for (const item of answer.contributions!) {
      const struct = { ...structOf(committed, committed.contributions[item.index]!), intake: 2 };
      expect(verifyContributionProof(input.root, contributionLeaf(struct), item.index, item.proof)).toBe(true);
    }
    expect((await late()).batches).toEqual([]);
    await anchor();
    expect(await state(ids[1]!)).toEqual({ state: 'VALIDATED', intake: 2 });

    const draft = await publish();
    const manifest = await read<Manifest>(draft.manifestCid);
    expect(manifest.items.map((item) => [item.contributionId, item.intake, item.checked]).sort()).toEqual(
      ids.map((id, i) => [id, i % 2 === 0 ? 1 : 2, i % 2 === 0 ? 'unchecked' : 'validated']).sort(),
    );
    const file = await read<KeyFile>(manifest.keyFiles[0]!.cid);
    const wraps = new Map(file.wraps.map((wrap) => [wrap.contributionId, wrap]));
    expect(wraps.size).toBe(4);
    expect(wraps.get(ids[1]!)).toMatchObject({ intake: 2, wrappedDek: input.items[0]!.wrappedDek });
    expect(JSON.stringify(file)).not.toContain(committed.contributions[1]!.wrappedDek);
    expect(await state(ids[3]!)).toEqual({ state: 'IN_VERSION', intake: 2 });
    const labels = await api.sql('SELECT 1 FROM wrapped_key WHERE contribution_id = $1 AND kind = $2', [
      ids[1],
      'label',
    ]);
    expect(labels).toHaveLength(1);
    expect(
      await api.sql('SELECT leaf, intake, reason FROM superseded_leaf WHERE contribution_id = $1', [ids[1]]),
    ).toEqual([
      { leaf: contributionLeaf(structOf(committed, committed.contributions[1]!)), intake: 1, reason: Code.REWRAPPED },
    ]);
  });

  it('leaves the proofs and the replay of the older batch as they were', async () => {
    await validate(ids[1]!);
    await rewrap(await rewrapOf([1], 2));
    const { contribution } = (
      await api.graphql<{ contribution: Place }>(
        'query($i: Bytes32!) { contribution(id: $i) { proof index batchRoot } }',
        {
          i: ids[2],
        },
      )
    ).data;
    const leaf = contributionLeaf(structOf(committed, committed.contributions[2]!));
    expect(verifyContributionProof(committed.root, leaf, 2, contribution.proof)).toBe(true);
    const again = await who.commit(committed);
    expect(again).toMatchObject({ replay: true, root: committed.root });
    expect(again.contributions!.map((item) => item.id)).toEqual(ids);
  });

  it('is moved once, however often and from wherever it is asked', async () => {
    await validate(ids[1]!);
    const input = await rewrapOf([1], 2);
    const answers = await Promise.all([rewrap(input), rewrap(input), rewrap(input)]);
    expect(answers.map(({ replay }) => replay).sort()).toEqual([false, true, true]);
    const { code } = await rewrap(await rewrapOf([1, 3], 2));
    expect(code).toBe(Code.NOT_LATE);
    const rows = await api.sql<{ n: number }>(
      "SELECT count(*)::int AS n FROM contribution_change WHERE contribution_id = $1 AND reason = 'REWRAPPED' AND to_state = 'COMMITTED'",
      [ids[1]],
    );
    expect(rows[0]!.n).toBe(1);
  });

  it('can be late again, and is moved again', async () => {
    await validate(ids[1]!);
    await rewrap(await rewrapOf([1], 2));
    await publish();
    await anchor();
    const { openIntake, batches } = await late();
    expect([openIntake, batches[0]!.items[0]!.contribution.intake]).toEqual([3, 2]);
    expect(await rewrap(await rewrapOf([1], 3))).toMatchObject({ replay: false });
    await anchor();
    const manifest = await read<Manifest>((await publish()).manifestCid);
    expect(manifest.items.filter((item) => item.contributionId === ids[1])).toMatchObject([{ intake: 3 }]);
  });

  it('is refused when it is not late, not decided, withdrawn, foreign, or the intake is not open', async () => {
    expect((await rewrap(await rewrapOf([0], 2))).code).toBe(Code.NOT_LATE);
    expect((await rewrap(await rewrapOf([1], 2))).code).toBe(Code.LABELS_PENDING);
    await validate(ids[1]!);
    expect((await rewrap(await rewrapOf([1], 1))).code).toBe(Code.INTAKE_CLOSED);
    const stranger = await new TestContributor(api, dataset).signIn();
    expect((await rewrap(await rewrapOf([1], 2), stranger.token)).code).toBe(Code.NOT_FOUND);
    expect((await rewrap(await rewrapOf([1], 2), '')).__typename).toBe('UNAUTHENTICATED');
    await api.sql("UPDATE contribution SET state = 'WITHDRAWN' WHERE id = $1", [ids[1]]);
    expect((await rewrap(await rewrapOf([1], 2))).code).toBe(Code.NOT_LATE);
    expect((await late()).batches).toEqual([]);
  });

  it('is refused when anything of what was signed is another', async () => {
    await validate(ids[1]!);
    const good = await rewrapOf([1], 2);
    const foreign = `0x${'77'.repeat(32)}`;
    const cases: [Partial<ContributionRewrapInput>, string][] = [
      [{ root: foreign }, Code.ROOT_MISMATCH],
      [{ count: 3 }, Code.ROOT_MISMATCH],
      [{ salt: foreign }, Code.ROOT_MISMATCH],
      [{ consentHash: foreign }, Code.NOT_FOUND],
      [{ items: [] }, Code.BAD_INPUT],
      [{ items: [good.items[0]!, good.items[0]!] }, Code.BAD_INPUT],
      [{ items: [{ ...good.items[0]!, wrappedDek: '0x00' }] }, Code.BAD_INPUT],
      [{ sealedKek: committed.sealedKek }, Code.BAD_SEALED_KEY],
    ];
    for (const [changes, code] of cases) {
      expect((await rewrap(await sign({ ...good, ...changes }))).code).toBe(code);
    }
    expect((await rewrap({ ...good, batchSignature: committed.batchSignature })).code).toBe(Code.WRONG_SIGNATURE);
    expect(await state(ids[1]!)).toEqual({ state: 'VALIDATED', intake: 1 });
  });

  it('is not asked for when no version could hold it: the consent has ended', async () => {
    await validate(ids[1]!);
    await api.sql('UPDATE consent SET valid_until = 1 WHERE contributor_ref = $1', [who.ref]);
    expect((await late()).batches).toEqual([]);
  });
});
