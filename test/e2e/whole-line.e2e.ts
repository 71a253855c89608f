import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runMainJob } from '@allod/dev/src/main-job/index.ts';
import { JobReport } from '@allod/dev/src/report.ts';
import { type Stack, startStack } from '@allod/dev/src/stack.ts';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { PublishedVotes } from '../../api/src/modules/labeling/recompute/published-votes.ts';
import { Clients } from '../harness/actors.ts';
import { allod } from '../harness/allod.ts';

jest.setTimeout(300_000);

describe('the whole line, from a device to a paycheck', () => {
  let stack: Stack;
  const report = new JobReport((line) => process.stdout.write(`${line}\n`));

  beforeAll(async () => {
    stack = await startStack();
  });
  afterAll(() => stack.stop());

  /** Of a closed job, once the worker has judged and published everything. */
  const votesOf = async (id: string): Promise<{ cid: string; file: PublishedVotes }> => {
    for (let i = 0; i < 60; i += 1) {
      const answer = await fetch(`${stack.urls.api}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: `{ labelingJob(id: "${id}") { votesCid } }` }),
      });
      const { data } = (await answer.json()) as { data: { labelingJob: { votesCid: string | null } } };
      const cid = data.labelingJob.votesCid;
      if (cid) return { cid, file: (await (await fetch(`${stack.urls.api}/ipfs/${cid}`)).json()) as PublishedVotes };
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    throw new Error('the votes were not published');
  };

  test('contribute, label, license, decrypt, get paid, be refused', async () => {
    await runMainJob(stack, report);
    expect(report.steps.length).toBeGreaterThan(15);
  });

  test('the careless labeler is refused with a reason, the one that always answers 1 is not qualified', () => {
    const rows = report.tables.find(({ title }) => title === 'Labeling')?.rows ?? [];
    const careless = rows.find(([, works]) => works === 'careless after the quiz') ?? [];
    const constant = rows.find(([, works]) => works === 'always answers 1') ?? [];
    expect(Number(careless[5])).toBeGreaterThan(0);
    expect(careless[6]).toMatch(/^[A-Z_]+( [A-Z_]+)*$/);
    expect(constant[2]).toMatch(/^GOLD_FAILED \d+\/10$/);
    expect(Number(constant[7])).toBe(0);
  });

  test('after the job anyone rebuilds verdicts and pay with `allod recompute` and finds an altered vote', async () => {
    const clients = new Clients(stack);
    const requester = clients.of('requester');
    const [job] = await requester.getJobs({});
    const jobId = job!.id;
    await requester.closeJob({ jobId });
    const { file } = await votesOf(jobId);
    await clients.close();
    const where = ['--api', stack.urls.api, '--rpc', stack.urls.rpc];

    const same = await allod('recompute', jobId, ...where);
    expect(same).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(same.out)).toMatchObject({ jobId, ok: true, differences: [], votes: file.votes.length });

    const [first, ...others] = file.votes;
    const value = file.rules.labels.find((label) => label !== first!.value)!;
    const folder = await mkdtemp(join(tmpdir(), 'allod-votes-'));
    const altered = join(folder, 'votes.json');
    await writeFile(altered, JSON.stringify({ ...file, votes: [{ ...first!, value }, ...others] }));
    const found = await allod('recompute', altered);
    await rm(folder, { recursive: true });
    expect(found.code).toBe(1);
    expect(JSON.parse(found.out)).toMatchObject({
      ok: false,
      differences: expect.arrayContaining([
        { task: first!.taskId, worker: first!.worker, what: 'VOTE', published: value, recomputed: expect.anything() },
      ]),
    });
  });

  test('everyone who contributed or labeled well is paid from the licenses, and dust is below a cent', () => {
    const money = new Map(
      (report.tables.find(({ title }) => title === 'Money')?.rows ?? []).map(([what, usd]) => [what, Number(usd)]),
    );
    for (const name of [
      'contributor 1',
      'contributor 2',
      'contributor 3',
      'labeler 1',
      'labeler 2',
      'labeler 3',
      'curator',
    ]) {
      expect(money.get(`claimed by ${name}`)).toBeGreaterThan(0);
    }
    expect(money.get('dust left by rounding')).toBeLessThan(0.01);
    const paid = money.get('paid by the AI company for three licenses') ?? 0;
    const claimed = [...money]
      .filter(([what]) => what?.startsWith('claimed by'))
      .reduce((sum, [, usd]) => sum + usd, 0);
    expect(Math.abs(paid - claimed)).toBeLessThan(0.01);
  });
});
