import { Code, sealedKeyHash } from '@allod/protocol';
import type { KeyFile, SealedKek, SealedKeyRecord, SealedLabelKey, SignedKeyRecord } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { refuseUnless } from '../../common/errors/refusal.ts';
import { SealedKeyEntity } from './sealed-key.entity.ts';
import { WrappedKeyEntity } from './wrapped-key.entity.ts';

/** The label key of an item: what a labeler with a live assignment gets. */
export interface LabelKey {
  packId: string;
  labelWrappedDek: string;
  sealed: SignedKeyRecord<SealedLabelKey>;
}

/** Keeps sealed and wrapped keys and hands them to whom they concern; opens none. */
@Injectable()
export class AccessService {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  /** Stores a record once; a second seal of the same key changes nothing. */
  async keepSealed(
    manager: EntityManager,
    signed: SignedKeyRecord<SealedKeyRecord>,
    kind: SealedKeyEntity['kind'] = signed.record.kind,
  ): Promise<void> {
    const { record, signature, signer } = signed;
    await manager
      .createQueryBuilder()
      .insert()
      .into(SealedKeyEntity)
      .values({
        recordHash: sealedKeyHash(record),
        kind,
        datasetId: record.datasetId.toLowerCase(),
        contributorRef: record.contributorRef,
        consentHash: record.consentHash.toLowerCase(),
        consentNonce: record.consentNonce,
        intake: record.kind === 'kek' ? record.version : record.intake,
        packId: record.kind === 'label' ? record.packId.toLowerCase() : null,
        record,
        signature,
        signer,
      })
      .orIgnore()
      .execute();
  }

  /** One for each consent: a second one would leave what was given under the other without its key. */
  async keepOwnerKek(manager: EntityManager, signed: SignedKeyRecord<SealedKeyRecord>): Promise<void> {
    const { contributorRef } = signed.record;
    const consentHash = signed.record.consentHash.toLowerCase();
    const known = await manager.findOneBy(SealedKeyEntity, { kind: 'owner', contributorRef, consentHash });
    const isSame = !known || known.recordHash === sealedKeyHash(signed.record);
    refuseUnless(isSame, Code.BAD_SEALED_KEY, 'Another owner key is kept for this consent');
    await this.keepSealed(manager, signed, 'owner');
  }

  /** Sealed keys of some consents of a contributor that others may be given, by kind, consent and intake or pack. */
  async sealedUnder(manager: EntityManager, consentHashes: string[]): Promise<SignedKeyRecord<SealedKeyRecord>[]> {
    const keys = await manager.find(SealedKeyEntity, {
      where: { consentHash: In(consentHashes), kind: In(['kek', 'label']) },
      order: { consentHash: 'ASC', kind: 'ASC', intake: 'ASC', packId: 'ASC' },
    });
    return keys.map((key) => signedOf(key));
  }

  /** Puts a record in the place of the one for the same key: other terms, same key. */
  async replaceSealed(manager: EntityManager, signed: SignedKeyRecord<SealedKeyRecord>): Promise<void> {
    const { record } = signed;
    const { kind, contributorRef } = record;
    const consentHash = record.consentHash.toLowerCase();
    const which = record.kind === 'kek' ? { intake: record.version } : { packId: record.packId.toLowerCase() };
    await manager.delete(SealedKeyEntity, { kind, contributorRef, consentHash, ...which });
    await this.keepSealed(manager, signed);
  }

  async keepWraps(manager: EntityManager, wraps: WrappedKeyEntity[]): Promise<void> {
    if (wraps.length > 0) await manager.insert(WrappedKeyEntity, wraps);
  }

  /** DEKs under KEKs, by contribution. */
  async wrapsOf(manager: EntityManager, contributionIds: string[]): Promise<Map<string, string>> {
    const rows = await manager.findBy(WrappedKeyEntity, { kind: 'kek', contributionId: In(contributionIds) });
    return new Map(rows.map((row) => [row.contributionId, row.wrappedDek]));
  }

  /** Destroys the wraps under older KEKs and keeps these in their place; label keys stay. */
  async rewrap(
    manager: EntityManager,
    wraps: { contributionId: string; wrappedDek: string }[],
    under: { intake: number; consentHash: string },
  ): Promise<void> {
    for (const { contributionId, wrappedDek } of wraps) {
      await manager.update(WrappedKeyEntity, { contributionId, kind: 'kek' }, { wrappedDek, ...under });
    }
  }

  countPack(manager: EntityManager, packId: string): Promise<number> {
    return manager.countBy(WrappedKeyEntity, { packId, kind: 'label' });
  }

  /** Null when the item has no label key, or no longer. */
  async labelKeyOf(contributionId: string, manager: EntityManager = this.source.manager): Promise<LabelKey | null> {
    const wrap = await manager.findOneBy(WrappedKeyEntity, { contributionId, kind: 'label' });
    if (!wrap?.packId) return null;
    const key = await manager.findOneBy(SealedKeyEntity, { packId: wrap.packId, kind: 'label' });
    if (!key) return null;
    return { packId: wrap.packId, labelWrappedDek: wrap.wrappedDek, sealed: signedOf<SealedLabelKey>(key) };
  }

  /** All sealed KEKs and wrapped DEKs of one contributor for these items: the content of a key file. */
  async keysOf(
    manager: EntityManager,
    owner: { datasetId: string; contributorRef: string },
    contributionIds: string[],
  ): Promise<Pick<KeyFile, 'sealed' | 'wraps'>> {
    const wraps = await manager.find(WrappedKeyEntity, {
      where: { ...owner, kind: 'kek', contributionId: In(contributionIds) },
      order: { contributionId: 'ASC' },
    });
    const used = new Set(wraps.map((wrap) => `${wrap.consentHash}/${wrap.intake}`));
    const sealed = await manager.find(SealedKeyEntity, {
      where: { ...owner, kind: 'kek' },
      order: { consentHash: 'ASC', intake: 'ASC' },
    });
    return {
      sealed: sealed
        .filter((key) => used.has(`${key.consentHash}/${key.intake}`))
        .map((key) => signedOf<SealedKek>(key)),
      wraps: wraps.map(({ contributionId, intake, consentHash, wrappedDek }) => ({
        contributionId,
        intake,
        consentHash,
        wrappedDek,
      })),
    };
  }

  /** Export for the owner: everything kept for this account in a dataset, label keys included. */
  async ownerKeys(contributorRef: string, datasetId: string) {
    const owner = { contributorRef, datasetId };
    const [sealed, wraps] = await Promise.all([
      this.source.manager.find(SealedKeyEntity, { where: owner, order: { kind: 'ASC', intake: 'ASC' } }),
      this.source.manager.find(WrappedKeyEntity, { where: owner, order: { contributionId: 'ASC', kind: 'ASC' } }),
    ]);
    return {
      contributorRef,
      datasetId,
      sealed: sealed.map((key) => signedOf(key)),
      wraps: wraps.map(({ contributionId, kind, intake, consentHash, packId, wrappedDek }) => ({
        contributionId,
        kind,
        intake,
        consentHash,
        packId,
        wrappedDek,
      })),
    };
  }

  /** Destroys every wrapped and sealed key under consents that were withdrawn. */
  async shredConsents(manager: EntityManager, consentHashes: string[]): Promise<void> {
    await manager.delete(WrappedKeyEntity, { consentHash: In(consentHashes) });
    await manager.delete(SealedKeyEntity, { consentHash: In(consentHashes) });
  }

  /** Destroys the wrapped keys of one item. */
  async shredItem(manager: EntityManager, contributionId: string): Promise<void> {
    await manager.delete(WrappedKeyEntity, { contributionId });
  }
}

const signedOf = <R extends SealedKeyRecord = SealedKeyRecord>(key: SealedKeyEntity): SignedKeyRecord<R> => ({
  record: key.record as R,
  signature: key.signature,
  signer: key.signer,
});
