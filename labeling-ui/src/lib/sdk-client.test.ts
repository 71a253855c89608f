import { AllodError, createClient } from '@allod/sdk';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { makeConfig, makeJob } from '../testing/factories.ts';
import { RefusedError } from './client.ts';
import { createSdkClient } from './sdk-client.ts';
import type { Wallet } from './wallet/wallet.ts';

vi.mock('@allod/sdk', async (original) => ({
  ...(await original<typeof import('@allod/sdk')>()),
  createClient: vi.fn(),
  createLightKeyGate: () => ({}),
}));

const assignment = (id: string) => ({
  id,
  jobId: '0x01',
  mediaType: 'image/x-gray-28x28',
  labels: ['0', '1'],
  state: 'LEASED',
  lease: { taskId: '0x02', price: '50000', signer: '0x03', deadline: Date.now() / 1000 + 300, autoApproveAt: 9e9 },
});

const wallet = { kind: 'development', address: '0xaa', signer: {} } as unknown as Wallet;
const notAuthorized = () => new AllodError('NOT_AUTHORIZED', 'the keepers say no', { details: { assignmentId: 'a' } });

function build() {
  const sdk = {
    signIn: vi.fn(async () => ({})),
    getJobs: vi.fn(async () => [] as unknown[]),
    getAssignments: vi.fn(async () => [assignment('a')] as unknown[]),
    acceptAssignment: vi.fn(async () => ({ assignment: assignment('a'), bytes: new Uint8Array(784) })),
    openAssignment: vi.fn(async () => ({ assignment: assignment('a'), bytes: new Uint8Array(784) })),
    submitAnnotation: vi.fn(async () => ({ commitment: '0x0c', receivedAt: 7, signer: '0x03' })),
    skipAssignment: vi.fn(async () => ({})),
    reportAssignment: vi.fn(async () => ({})),
  };
  vi.mocked(createClient).mockReturnValue(sdk as never);
  return sdk;
}

let sdk: ReturnType<typeof build>;

beforeEach(() => {
  sdk = build();
});

const connect = () => createSdkClient(makeConfig(), wallet);

describe('the SDK behind the boundary', () => {
  test('gets the configured network and the wallet', () => {
    connect();
    expect(createClient).toHaveBeenCalledWith(
      expect.objectContaining({
        api: 'http://127.0.0.1:4000',
        chain: expect.objectContaining({ chainId: 31337, name: 'baseSepolia' }),
        signer: wallet.signer,
      }),
    );
  });

  test('drafts are nobody’s job yet', async () => {
    sdk.getJobs.mockResolvedValue([
      makeJob({ state: 'DRAFT' }),
      makeJob({ state: 'OPEN' }),
      makeJob({ state: 'CLOSED' }),
    ]);
    expect((await connect().listJobs()).map(({ state }) => state)).toEqual(['OPEN', 'CLOSED']);
  });

  test('an opened assignment carries its lease’s terms, and is submitted without asking for it again', async () => {
    const client = connect();
    const opened = await client.acceptAssignment('0x01');
    expect(opened).toMatchObject({ id: 'a', price: '50000', taskId: '0x02', signer: '0x03' });
    await expect(client.submitAnnotation('a', '1')).resolves.toMatchObject({ assignmentId: 'a', commitment: '0x0c' });
    expect(sdk.submitAnnotation).toHaveBeenCalledWith({ assignment: expect.objectContaining({ id: 'a' }), value: '1' });
  });

  test('answers become refusals with their code, faults stay faults', async () => {
    sdk.acceptAssignment.mockRejectedValueOnce(new AllodError('NO_TASK', 'nothing left'));
    await expect(connect().acceptAssignment('0x01')).rejects.toMatchObject({ name: 'RefusedError', code: 'NO_TASK' });
    sdk.acceptAssignment.mockRejectedValueOnce(new AllodError('TRANSPORT_FAILED', 'offline'));
    await expect(connect().acceptAssignment('0x01')).rejects.not.toBeInstanceOf(RefusedError);
  });

  test('an item that does not open is reported at once', async () => {
    sdk.acceptAssignment.mockRejectedValueOnce(
      new AllodError('DOES_NOT_OPEN', 'wrong key', { details: { assignmentId: 'a' } }),
    );
    await expect(connect().acceptAssignment('0x01')).rejects.toMatchObject({ code: 'DOES_NOT_OPEN' });
    expect(sdk.reportAssignment).toHaveBeenCalledWith({ assignmentId: 'a', reason: 'DOES_NOT_OPEN' });
  });

  test('an item that the keepers refuse is tried again under the same lease, then given back', async () => {
    const client = connect();
    sdk.acceptAssignment.mockRejectedValueOnce(notAuthorized());
    for (let attempt = 1; attempt < 5; attempt += 1) sdk.openAssignment.mockRejectedValueOnce(notAuthorized());
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await expect(client.acceptAssignment('0x01')).rejects.toMatchObject({ code: 'NOT_AUTHORIZED' });
    }
    expect(sdk.acceptAssignment).toHaveBeenCalledTimes(1);
    expect(sdk.skipAssignment).toHaveBeenCalledWith({ assignmentId: 'a' });
    await client.acceptAssignment('0x01');
    expect(sdk.acceptAssignment).toHaveBeenCalledTimes(2);
  });

  test('an item is kept for as long as the keepers are silent', async () => {
    const client = connect();
    const silent = () => new AllodError('UNAVAILABLE', 'no answer', { details: { assignmentId: 'a' } });
    sdk.acceptAssignment.mockRejectedValueOnce(silent());
    for (let attempt = 1; attempt < 20; attempt += 1) sdk.openAssignment.mockRejectedValueOnce(silent());
    for (let attempt = 0; attempt < 20; attempt += 1) {
      await expect(client.acceptAssignment('0x01')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    }
    expect(sdk.skipAssignment).not.toHaveBeenCalled();
    await expect(client.acceptAssignment('0x01')).resolves.toMatchObject({ id: 'a' });
    expect(sdk.acceptAssignment).toHaveBeenCalledTimes(1);
  });

  test('only live leases are listed', async () => {
    const ended = { ...assignment('c'), state: 'SUBMITTED' };
    const expired = { ...assignment('b'), lease: { ...assignment('b').lease, deadline: 1 } };
    sdk.getAssignments.mockResolvedValue([assignment('a'), expired, ended]);
    expect((await connect().listLeased('0x01')).map(({ id }) => id)).toEqual(['a']);
  });

  test('without a wallet there is no account and no withdrawal', async () => {
    const client = createSdkClient(makeConfig(), null);
    expect(client.account).toBeNull();
    await expect(client.listWithdrawals()).resolves.toEqual([]);
  });
});
