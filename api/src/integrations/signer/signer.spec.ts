import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { digestOf } from '@allod/protocol';
import { recoverAddress } from 'ethers';
import { randomUUID } from 'node:crypto';
import { JobRunner } from '../../jobs/job-runner.ts';
import { startApp } from '../../testing/app.ts';
import type { TestApp } from '../../testing/app.ts';
import { openJob, PRICE, qualified } from '../../testing/labeling.ts';
import type { TestJob } from '../../testing/labeling.ts';
import { OutboxSigner } from './outbox-signer.ts';
import { SIGNER } from './signer.port.ts';
import type { SignerPort } from './signer.port.ts';
import { OperatorKeys } from '../chain/operator-keys.ts';

describe('the job signer', () => {
  let api: TestApp;
  let signer: SignerPort;
  let job: TestJob & { items: string[] };

  beforeAll(async () => {
    api = await startApp();
    signer = api.app.get<SignerPort>(SIGNER);
    job = await openJob(api, 3);
  });
  afterAll(() => api.stop());

  const lease = async () => {
    const [labeler] = await qualified(api, job, 1);
    return { labeler: labeler!, assignment: await labeler!.accept() };
  };

  it('signs nothing that no module has a policy for', async () => {
    await expect(signer.sign('transfer', 'all')).rejects.toMatchObject({ code: 'NOT_AUTHORIZED' });
  });

  it('signs a lease again with the same bytes while it lives, and never after', async () => {
    const { labeler, assignment } = await lease();
    expect((await signer.sign('lease', assignment.id)).signature).toBe(assignment.lease.signature);
    await labeler.end(assignment.id, 'Skip');
    await expect(signer.sign('lease', assignment.id)).rejects.toMatchObject({ code: 'JOB_STATE' });
    await expect(signer.sign('lease', randomUUID())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('refuses a lease that the escrow does not cover, or whose price somebody changed', async () => {
    const { assignment } = await lease();
    await api.sql('UPDATE assignment SET price = price + 1 WHERE id = $1', [assignment.id]);
    await expect(signer.sign('lease', assignment.id)).rejects.toMatchObject({ code: 'JOB_STATE' });
    await api.sql('UPDATE assignment SET price = $2 WHERE id = $1', [assignment.id, PRICE.toString()]);
    const [row] = await api.sql<{ reserved: string }>('SELECT reserved FROM labeling_job WHERE id = $1', [job.id]);
    await api.sql('UPDATE labeling_job SET reserved = committed - 1 WHERE id = $1', [job.id]);
    await expect(signer.sign('lease', assignment.id)).rejects.toMatchObject({ code: 'ESCROW_EXHAUSTED' });
    await api.sql('UPDATE labeling_job SET reserved = $2 WHERE id = $1', [job.id, row!.reserved]);
  });

  it('gives no receipt without an annotation and no voucher without earnings', async () => {
    const { labeler, assignment } = await lease();
    await expect(signer.sign('commitment-receipt', assignment.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(signer.sign('voucher', `${job.id}:${labeler.address}`)).rejects.toMatchObject({
      code: 'NOTHING_EARNED',
    });
  });

  it('is reached through the database from a process without the key, refusals included', async () => {
    await api.app.get(OperatorKeys).announce();
    const remote = api.app.get(OutboxSigner);
    const runner = api.app.get(JobRunner);
    await runner.start();
    const { labeler, assignment } = await lease();
    const signed = await remote.sign('lease', assignment.id);
    expect(signed).toMatchObject({ signature: assignment.lease.signature, signer: await remote.address() });
    const digest = digestOf('Lease', signed.message, api.chain.chainId, api.env.CONTRACTS);
    expect(recoverAddress(digest, signed.signature)).toBe(signed.signer);
    await labeler.end(assignment.id, 'Skip');
    await expect(remote.sign('lease', assignment.id)).rejects.toMatchObject({ code: 'JOB_STATE' });
  });
});
