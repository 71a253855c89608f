import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { conditionOf, sealRecord } from '@allod/protocol';
import type { SealedKek, SealedKeyRecord, SealedLabelKey } from '@allod/protocol';
import { randomBytes } from '@noble/hashes/utils.js';
import { HDNodeWallet, Mnemonic } from 'ethers';
import type { KeyGate } from '../key-gate.port.ts';
import type { KeySession } from '../session.ts';

/** A key gate under test and the levers of its world. Changes take effect at once; `settle` confirms them. */
export interface KeyGateSubject {
  gate: KeyGate;
  chain: string;
  chainId: number;
  accessPolicy: string;
  license(user: string, datasetId: string, maxVersion: number): Promise<void>;
  qualify(user: string, packId: string, yes: boolean): Promise<void>;
  withdraw(contributorRef: string, datasetId: string): Promise<void>;
  settle(): Promise<void>;
  stop(): Promise<void>;
}

const MNEMONIC = Mnemonic.fromPhrase('test test test test test test test test test test test junk');
const wallet = (i: number): HDNodeWallet => HDNodeWallet.fromMnemonic(MNEMONIC, `m/44'/60'/0'/0/${i}`);
const id = (byte: number): string => `0x${byte.toString(16).padStart(2, '0').repeat(32)}`;

const LABEL = 64;
const FAR = 2_000_000_000;

/** What every adapter of the `KeyGate` port must do: the fake, the light client and the genuine Lit SDK alike. */
export function describeKeyGate(name: string, setUp: () => Promise<KeyGateSubject>): void {
  describe(`${name} as a key gate`, () => {
    const [alice, bob, owner] = [wallet(1), wallet(2), wallet(3)] as [HDNodeWallet, HDNodeWallet, HDNodeWallet];
    const datasetId = id(0x11);
    let subject: KeyGateSubject;
    let gate: KeyGate;
    let sessions: { alice: KeySession; bob: KeySession; owner: KeySession };

    beforeAll(async () => {
      subject = await setUp();
      gate = subject.gate;
      await subject.license(alice.address, datasetId, 2);
      await subject.settle();
      sessions = {
        alice: await gate.startSession(alice),
        bob: await gate.startSession(bob),
        owner: await gate.startSession(owner),
      };
    });

    afterAll(async () => {
      await gate?.close();
      await subject?.stop();
    });

    const terms = () => ({
      v: 1 as const,
      chain: subject.chain,
      chainId: subject.chainId,
      accessPolicy: subject.accessPolicy,
      datasetId,
      contributorRef: owner.address,
      consentHash: id(0x22),
      consentNonce: 0,
      purposes: 1,
      validUntil: FAR,
      sources: 1,
      seals: [],
    });
    const kek = (version: number, changes: Partial<SealedKek> = {}): SealedKek => ({
      ...terms(),
      kind: 'kek',
      version,
      ...changes,
    });
    const label = (packId: string, changes: Partial<SealedLabelKey> = {}): SealedLabelKey => ({
      ...terms(),
      kind: 'label',
      intake: 1,
      packIndex: 0,
      packId,
      purposes: LABEL,
      ...changes,
    });
    const sealed = async <R extends SealedKeyRecord>(record: R, key: Uint8Array): Promise<R> => ({
      ...record,
      seals: [await gate.seal(key, conditionOf(record))],
    });
    const openOne = async (record: SealedKeyRecord, session: KeySession) => (await gate.open([record], session))[0]!;
    const refused = (code: string) => expect.objectContaining({ ok: false, code });

    it('opens what it sealed, for an account that the policy allows', async () => {
      const key = randomBytes(32);
      expect(await openOne(await sealed(kek(1), key), sessions.alice)).toEqual({ ok: true, key });
    });

    it('opens what another client sealed to the same network key', async () => {
      const key = randomBytes(32);
      const { seals: _, ...record } = kek(2);
      expect(await openOne(sealRecord<SealedKek>(record, key, [gate.networkKey]), sessions.alice)).toEqual({
        ok: true,
        key,
      });
    });

    it('refuses a stranger, and opens for the owner without any license', async () => {
      const key = randomBytes(32);
      const record = await sealed(kek(1), key);
      expect(await openOne(record, sessions.bob)).toEqual(refused('NOT_AUTHORIZED'));
      expect(await openOne(record, sessions.owner)).toEqual({ ok: true, key });
    });

    it('answers each record of a batch for itself, in order, repeated ones too', async () => {
      const [first, second] = [randomBytes(32), randomBytes(32)];
      const records = [await sealed(kek(1), first), await sealed(kek(3), second), await sealed(kek(2), second)];
      expect(await gate.open([...records, records[0]!], sessions.alice)).toEqual([
        { ok: true, key: first },
        refused('NOT_AUTHORIZED'),
        { ok: true, key: second },
        { ok: true, key: first },
      ]);
    });

    it('opens a label key for a qualified labeler only, and not without the LABEL purpose', async () => {
      const packId = id(0x33);
      const key = randomBytes(32);
      const record = await sealed(label(packId), key);
      expect(await openOne(record, sessions.bob)).toEqual(refused('NOT_AUTHORIZED'));
      await subject.qualify(bob.address, packId, true);
      await subject.settle();
      expect(await openOne(record, sessions.bob)).toEqual({ ok: true, key });
      expect(await openOne(await sealed(label(packId, { purposes: 1 }), key), sessions.bob)).toEqual(
        refused('NOT_AUTHORIZED'),
      );
      await subject.qualify(bob.address, packId, false);
      expect(await openOne(record, sessions.bob)).toEqual(refused('NOT_AUTHORIZED'));
    });

    it('refuses from the first block after the owner withdraws', async () => {
      const other = id(0x12);
      await subject.license(alice.address, other, 5);
      await subject.settle();
      const key = randomBytes(32);
      const record = await sealed(kek(1, { datasetId: other }), key);
      expect(await openOne(record, sessions.alice)).toEqual({ ok: true, key });
      await subject.withdraw(owner.address, other);
      expect(await openOne(record, sessions.alice)).toEqual(refused('NOT_AUTHORIZED'));
      expect(await openOne(record, sessions.owner)).toEqual({ ok: true, key });
    });

    it('refuses after the consent has expired', async () => {
      const record = await sealed(kek(1, { validUntil: 1_600_000_000 }), randomBytes(32));
      expect(await openOne(record, sessions.alice)).toEqual(refused('NOT_AUTHORIZED'));
    });

    it.each<[string, Partial<SealedKek>]>([
      ['version', { version: 2 }],
      ['purposes', { purposes: 3 }],
      ['validUntil', { validUntil: FAR + 1 }],
      ['contributorRef', { contributorRef: wallet(7).address }],
    ])('does not open a seal moved to terms with another %s', async (_, changes) => {
      const record = await sealed(kek(1), randomBytes(32));
      expect(await openOne({ ...record, ...changes }, sessions.alice)).toEqual(refused('BAD_SEALED_KEY'));
    });

    it.each<[string, Partial<SealedKek>]>([
      ['datasetId', { datasetId: id(0x19) }],
      ['consentNonce', { consentNonce: 4 }],
      ['sources', { sources: 2 }],
    ])('refuses a seal moved to terms that the policy does not allow: %s', async (_, changes) => {
      const record = await sealed(kek(1), randomBytes(32));
      expect(await openOne({ ...record, ...changes }, sessions.alice)).toEqual(refused('NOT_AUTHORIZED'));
    });

    it('does not open a damaged ciphertext', async () => {
      const record = await sealed(kek(1), randomBytes(32));
      const damage = (at: number): SealedKek => {
        const bytes = Buffer.from(record.seals[0]!.ciphertext, 'base64');
        bytes[at]! ^= 1;
        return { ...record, seals: [{ ...record.seals[0]!, ciphertext: bytes.toString('base64') }] };
      };
      for (const at of [3, 60, 90, 113])
        expect(await openOne(damage(at), sessions.alice)).toEqual(refused('BAD_SEALED_KEY'));
    });

    it('opens a record sealed to two networks, and refuses one sealed only to another', async () => {
      const key = randomBytes(32);
      const { seals: _, ...record } = kek(1);
      const otherNetwork = `0x${'97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb'}`;
      const both = sealRecord<SealedKek>(record, key, [otherNetwork, gate.networkKey]);
      expect(await openOne(both, sessions.alice)).toEqual({ ok: true, key });
      expect(await openOne({ ...both, seals: both.seals.slice(0, 1) }, sessions.alice)).toEqual(
        refused('BAD_SEALED_KEY'),
      );
    });

    it('asks for a new session when the old one is over', async () => {
      const short = await gate.startSession(alice, { lifetimeSeconds: 1 });
      const record = await sealed(kek(1), randomBytes(32));
      await new Promise((resolve) => setTimeout(resolve, 1100));
      expect(await openOne(record, short)).toEqual(refused('SESSION_EXPIRED'));
    });

    it('seals only keys of 32 bytes', async () => {
      await expect(gate.seal(randomBytes(31), conditionOf(kek(1)))).rejects.toThrow(RangeError);
    });

    it('says how many keepers there are and whether one operator could open everything', async () => {
      const health = await gate.health();
      expect(health.up).toBe(health.keepers);
      expect(health.threshold).toBeLessThanOrEqual(health.keepers);
      expect(health.singleOperator).toBe(true);
    });
  });
}
