import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { capLeafWord, capTable, Code, Purpose, Role } from '@allod/protocol';
import type { CapTableFile, KeyFile, Manifest } from '@allod/protocol';
import { startApp } from '../../testing/app.ts';
import type { TestApp } from '../../testing/app.ts';
import { TestContributor } from '../../testing/contributor.ts';
import type { BatchOptions } from '../../testing/contributor.ts';
import { createDataset } from '../../testing/dataset.ts';
import type { CuratedDataset } from '../../testing/dataset.ts';
import { DocumentsService } from './documents.service.ts';
import { LabelSets } from './label-set.provider.ts';
import type { LabelSet } from './label-set.provider.ts';
import { wordHex } from './manifest.ts';

interface Draft {
  __typename: string;
  code?: string;
  number: number;
  manifestCid: string;
  capTableCid: string;
  contributorRoot: string;
  otherRoot: string;
  parent: number;
  included: number;
  excluded: { contributionId: string; reason: string }[];
}

const CLOSE = `mutation($d: Bytes32!) { intakeClose(datasetId: $d) { __typename ... on IntakeClosed { closed open } ... on Refused { code } } }`;
const PREPARE = `mutation($d: Bytes32!) { versionPrepare(datasetId: $d) { __typename
  ... on VersionDraft { number manifestCid capTableCid contributorRoot otherRoot parent included excluded { contributionId reason } }
  ... on Refused { code } } }`;

describe('versions', () => {
  let api: TestApp;
  let published: Map<string, number>;

  beforeAll(async () => {
    api = await startApp();
    published = new Map();
    api.chain.readers.set('DatasetRegistry.latestVersion', (id) => BigInt(published.get(String(id)) ?? 0));
    api.chain.readers.set('ContributionRegistry.anchoredAt', () => 0n);
    api.relay.effects.set('ContributionRegistry.anchor', ([root, count]) => {
      api.chain.mine({
        contract: 'ContributionRegistry',
        name: 'BatchAnchored',
        args: { root, count: String(count), by: api.relay.sender },
      });
    });
  });
  afterAll(() => api.stop());

  const documents = () => api.app.get(DocumentsService, { strict: false });
  const close = async (dataset: CuratedDataset, token = dataset.token) =>
    (
      await api.graphql<{ intakeClose: { code?: string; closed?: number; open?: number } }>(
        CLOSE,
        { d: dataset.id },
        token,
      )
    ).data.intakeClose;
  const prepare = async (dataset: CuratedDataset, token = dataset.token) =>
    (await api.graphql<{ versionPrepare: Draft }>(PREPARE, { d: dataset.id }, token)).data.versionPrepare;
  const anchor = async () => {
    await api.runOutbox();
    await api.confirm();
  };
  const publish = async (dataset: CuratedDataset, draft: Draft, opensAt: number) => {
    published.set(dataset.id, draft.number);
    api.chain.mine({
      contract: 'DatasetRegistry',
      name: 'VersionPublished',
      args: {
        datasetId: dataset.id,
        version: String(draft.number),
        manifestCid: draft.manifestCid,
        contributorRoot: BigInt(draft.contributorRoot).toString(),
        otherRoot: BigInt(draft.otherRoot).toString(),
        parent: String(draft.parent),
        opensAt: String(opensAt),
      },
    });
    await api.confirm();
  };
  const contribute = async (dataset: CuratedDataset, options: BatchOptions = {}) => {
    const who = await new TestContributor(api, dataset).signIn();
    const { input, result } = await who.contribute(options);
    expect(result.code).toBeUndefined();
    return { who, input, ids: input.contributions.map((item) => item.contributionId) };
  };

  it('freezes an intake into manifest, key files and two cap tables that anyone can rebuild', async () => {
    const dataset = await createDataset(api);
    const [one, two] = [await contribute(dataset, { count: 3 }), await contribute(dataset, { count: 1 })];
    await anchor();
    expect(await close(dataset)).toMatchObject({ closed: 1, open: 2 });
    const draft = await prepare(dataset);
    expect(draft).toMatchObject({ number: 1, parent: 0, included: 4, excluded: [] });

    const manifest = (await documents().get<Manifest>(draft.manifestCid))!;
    expect(manifest.items.map((item) => item.contributionId)).toEqual([...one.ids, ...two.ids].sort());
    expect(manifest.items.every((item) => item.checked === 'unchecked')).toBe(true);
    expect(manifest).toMatchObject({
      version: 1,
      scorerHash: 'none',
      labelSet: null,
      capTable: { cid: draft.capTableCid },
    });

    const file = (await documents().get<CapTableFile>(draft.capTableCid))!;
    const leaves = file.contributor.map((leaf) => ({
      ...leaf,
      weight: BigInt(leaf.weight),
      validUntil: BigInt(leaf.validUntil),
    }));
    expect(wordHex(capTable(leaves).root)).toBe(draft.contributorRoot);
    const words = leaves.map(capLeafWord);
    expect(words).toEqual([...words].sort((a, b) => (a < b ? -1 : 1)));
    const weights = new Map(leaves.map((leaf) => [leaf.account, leaf.weight]));
    expect(weights.get(one.who.ref)).toBe(3n * weights.get(two.who.ref)!);
    expect(file.other).toMatchObject([{ role: Role.CURATOR, account: dataset.curator.address }]);

    const keyFile = manifest.keyFiles.find((entry) => entry.contributorRef === one.who.ref)!;
    const keys = (await documents().get<KeyFile>(keyFile.cid))!;
    expect(keys.wraps.map((wrap) => wrap.contributionId)).toEqual([...one.ids].sort());
    expect(keys.sealed).toHaveLength(1);
    expect(keys.sealed[0]!.record).toMatchObject({ kind: 'kek', version: 1 });
    const served = await api.app.inject({ url: `/ipfs/${keyFile.cid}?format=raw` });
    expect(served.json()).toEqual(keys);
    expect(await prepare(dataset)).toEqual(draft);
  });

  it('moves items to IN_VERSION, unchecked, when the chain confirms the version, and opens it after the review', async () => {
    const dataset = await createDataset(api);
    const { who } = await contribute(dataset);
    await anchor();
    await close(dataset);
    const draft = await prepare(dataset);
    await publish(dataset, draft, Math.floor(Date.now() / 1000) + 600);
    const items = await api.sql<{ state: string; version: number; reason: string }>(
      'SELECT state, version, reason FROM contribution WHERE contributor_ref = $1',
      [who.ref],
    );
    expect(items).toEqual(Array(2).fill({ state: 'IN_VERSION', version: 1, reason: 'UNCHECKED' }));
    const latest = async () =>
      (
        await api.graphql<{ dataset: { latestVersion: { state: string; itemCount: number } | null } }>(
          'query($d: Bytes32!) { dataset(id: $d) { latestVersion { number state itemCount } } }',
          { d: dataset.id },
        )
      ).data.dataset.latestVersion;
    expect(await latest()).toMatchObject({ state: 'IN_REVIEW', itemCount: 2 });
    await api.sql(`UPDATE dataset_version SET opens_at = now() WHERE dataset_id = $1`, [dataset.id]);
    expect(await latest()).toMatchObject({ state: 'OPEN' });
    api.chain.mine({
      contract: 'DatasetRegistry',
      name: 'VersionObjected',
      args: { datasetId: dataset.id, version: '1', reason: '7' },
    });
    await api.confirm();
    expect(await latest()).toBeNull();
  });

  it('carries earlier intakes into the next version', async () => {
    const dataset = await createDataset(api);
    const first = await contribute(dataset);
    await anchor();
    await close(dataset);
    await publish(dataset, await prepare(dataset), 1);
    const second = await contribute(dataset, { intake: 2 });
    await anchor();
    await close(dataset);
    const draft = await prepare(dataset);
    expect(draft).toMatchObject({ number: 2, parent: 1, included: 4 });
    const manifest = (await documents().get<Manifest>(draft.manifestCid))!;
    expect(manifest.items.map((item) => item.contributionId)).toEqual([...first.ids, ...second.ids].sort());
  });

  it('says of each item that stays out why it does', async () => {
    const dataset = await createDataset(api);
    const good = await contribute(dataset, { count: 1 });
    const dear = await contribute(dataset, { count: 1, minPrice: '1000001' });
    const labelOnly = await contribute(dataset, { count: 1, purposes: Purpose.LABEL });
    const brief = await contribute(dataset, { count: 1 });
    const gone = await contribute(dataset, { count: 1 });
    await anchor();
    await api.sql('UPDATE consent SET valid_until = 1 WHERE contributor_ref = $1', [brief.who.ref]);
    api.chain.mine({
      contract: 'ConsentRegistry',
      name: 'ConsentWithdrawn',
      args: { contributorRef: gone.who.ref, datasetId: dataset.id, consentNonce: '1' },
    });
    await api.confirm();
    const late = await contribute(dataset, { count: 1 });
    await close(dataset);
    const draft = await prepare(dataset);
    const reasons = new Map(draft.excluded.map((item) => [item.contributionId, item.reason]));
    expect(draft.included).toBe(1);
    expect(reasons.has(good.ids[0]!)).toBe(false);
    expect(reasons.get(dear.ids[0]!)).toBe(Code.MIN_PRICE);
    expect(reasons.get(labelOnly.ids[0]!)).toBe(Code.CONSENT_PURPOSES);
    expect(reasons.get(brief.ids[0]!)).toBe(Code.CONSENT_EXPIRED);
    expect(reasons.get(gone.ids[0]!)).toBe(Code.CONSENT_WITHDRAWN);
    expect(reasons.get(late.ids[0]!)).toBe(Code.NOT_VALIDATED);
  });

  it('counts one content once, for who committed it first', async () => {
    const dataset = await createDataset(api);
    const [one, two] = [await contribute(dataset, { count: 1 }), await contribute(dataset, { count: 1 })];
    await anchor();
    await api.sql(
      'UPDATE contribution SET content_digest = (SELECT content_digest FROM contribution WHERE id = $1) WHERE id = $2',
      [one.ids[0], two.ids[0]],
    );
    await close(dataset);
    const draft = await prepare(dataset);
    expect(draft.excluded).toEqual([{ contributionId: two.ids[0], reason: Code.CONTENT_CONTESTED }]);
  });

  it('takes verdicts and labelers from whoever knows the labels', async () => {
    const dataset = await createDataset(api);
    const { ids } = await contribute(dataset, { count: 3 });
    await anchor();
    await close(dataset);
    const labeler = '0x00000000000000000000000000000000000000aa';
    const labels: LabelSet = {
      verdicts: new Map([
        [ids[0]!, 'VALIDATED'],
        [ids[1]!, 'REJECTED'],
        [ids[2]!, 'PENDING'],
      ]),
      labelers: [{ account: labeler, weight: 30n }],
      scorerHash: '0x1234',
      item: null,
    };
    const sets = api.app.get(LabelSets, { strict: false });
    const original = sets.of.bind(sets);
    sets.of = async (id, intake, manager) => (id === dataset.id ? labels : original(id, intake, manager));
    const draft = await prepare(dataset);
    sets.of = original;
    expect(draft.included).toBe(1);
    expect(draft.excluded.map((item) => item.reason).sort()).toEqual([Code.LABELS_PENDING, Code.NOT_VALIDATED].sort());
    const manifest = (await documents().get<Manifest>(draft.manifestCid))!;
    expect(manifest.items).toMatchObject([{ contributionId: ids[0], checked: 'validated' }]);
    const file = (await documents().get<CapTableFile>(draft.capTableCid))!;
    expect(new Map(file.other.map((leaf) => [leaf.role, leaf.weight]))).toEqual(
      new Map([
        [Role.LABELER, '30'],
        [Role.CURATOR, '30'],
      ]),
    );
  });

  it('refuses strangers, empty intakes and intakes that still collect', async () => {
    const dataset = await createDataset(api);
    const stranger = await new TestContributor(api, dataset).signIn();
    expect(await close(dataset, stranger.token)).toMatchObject({ code: Code.NOT_CURATOR });
    expect(await prepare(dataset, stranger.token)).toMatchObject({ code: Code.NOT_CURATOR });
    expect(await close(dataset)).toMatchObject({ code: Code.INTAKE_EMPTY });
    expect(await prepare(dataset)).toMatchObject({ code: Code.BAD_INPUT });
    await contribute(dataset);
    await close(dataset);
    expect(await prepare(dataset)).toMatchObject({ code: Code.INTAKE_EMPTY });
  });
});
