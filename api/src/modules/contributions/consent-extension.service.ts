import { Code } from '@allod/protocol';
import type { SealedKeyRecord, SignedKeyRecord } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { answer, refuse, refuseUnless } from '../../common/errors/refusal.ts';
import type { Refusal } from '../../common/errors/refusal.ts';
import type { ConsentExtendInput, ConsentExtended, ConsentInput } from '../../common/graphql/schema.generated.ts';
import { lockUntilCommit } from '../../common/lock-until-commit.ts';
import { ENV } from '../../config/config.module.ts';
import type { Env } from '../../config/env.ts';
import { ChainPort } from '../../integrations/chain/chain.port.ts';
import { AccessService } from '../access/access.service.ts';
import {
  checkAgainstDataset,
  checkConsentSignatures,
  checkConsentTerms,
  checkGrantTerms,
  consentHashOf,
} from './consent-checks.ts';
import { ConsentEntity } from './consent.entity.ts';
import { IntakeService } from './intake.service.ts';
import { checkSealedRecord } from './key-checks.ts';
import { NonceService } from './nonce.service.ts';

type Signed = SignedKeyRecord<SealedKeyRecord>;

const placeOf = (record: SealedKeyRecord): string =>
  `${record.consentHash}/${record.kind}/${record.kind === 'kek' ? record.version : record.packId}`.toLowerCase();

/** Longer consent: the owner seals the keys of older items anew, under the new terms. */
@Injectable()
export class ConsentExtensionService {
  constructor(
    @Inject(ENV) private readonly env: Env,
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(ChainPort) private readonly chain: ChainPort,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(IntakeService) private readonly intakes: IntakeService,
    @Inject(NonceService) private readonly nonces: NonceService,
  ) {}

  extend(account: string, input: ConsentExtendInput): Promise<ConsentExtended | Refusal> {
    return answer(async () => {
      const { consent, grant, datasetId } = input;
      refuseUnless(consent.contributorRef === account, Code.FORBIDDEN, 'Sign in as the contributor of this consent');
      refuseUnless(consent.datasetId === datasetId, Code.BAD_INPUT, 'The consent is for another dataset');
      const now = Math.floor(Date.now() / 1000);
      checkConsentTerms(consent, now);
      checkGrantTerms(grant, consent, now);
      await checkConsentSignatures(this.chain, consent, grant);
      const sealed = input.sealed.map((record) => this.checked(input, record));
      return this.source.transaction(async (manager) => {
        await lockUntilCommit(manager, account);
        const intake = await this.intakes.find(manager, datasetId);
        if (!intake) return refuse(Code.UNKNOWN_DATASET, `Dataset ${datasetId} is not known here`);
        checkAgainstDataset(consent, grant, intake, await this.nonces.of(manager, account, datasetId));
        const extended = await this.extendable(manager, consent, sealed);
        await this.keep(manager, consent, extended);
        for (const record of sealed) await this.access.replaceSealed(manager, record);
        return { consentHash: consentHashOf(consent), extended };
      });
    });
  }

  /** The record is of the new terms, under an older consent's name, and signed by its owner. */
  private checked(
    { consent, grant, datasetId }: ConsentExtendInput,
    signed: ConsentExtendInput['sealed'][number],
  ): Signed {
    const consentHash = String((signed.record as { consentHash?: unknown } | null)?.consentHash).toLowerCase();
    return checkSealedRecord(signed, {
      chain: this.chain,
      networkKey: this.env.NETWORK_KEY,
      grantedSigner: grant.signer,
      terms: {
        chain: this.env.CHAIN_NAME,
        chainId: this.chain.chainId,
        accessPolicy: this.chain.addresses.AccessPolicy,
        datasetId,
        contributorRef: consent.contributorRef,
        consentHash,
        consentNonce: consent.consentNonce,
        purposes: consent.purposes,
        validUntil: consent.validUntil,
        sources: consent.sources,
      },
    });
  }

  /** Older consents that the records name; each must be extended as a whole, and its terms may only grow. */
  private async extendable(manager: EntityManager, consent: ConsentInput, sealed: Signed[]): Promise<string[]> {
    const { contributorRef, datasetId, consentNonce } = consent;
    const hashes = [...new Set(sealed.map(({ record }) => record.consentHash.toLowerCase()))].sort();
    const older = await manager.findBy(ConsentEntity, {
      consentHash: In(hashes),
      contributorRef,
      datasetId,
      consentNonce,
    });
    refuseUnless(hashes.length > 0 && older.length === hashes.length, Code.NOT_FOUND, 'A consent is not known here');
    for (const { purposes, validUntil } of await this.current(manager, older)) {
      refuseUnless((purposes & ~consent.purposes) === 0, Code.CONSENT_PURPOSES, 'Narrower terms need a withdrawal');
      refuseUnless(
        validUntil <= consent.validUntil,
        Code.CONSENT_EXPIRED,
        `An older consent lasts until ${validUntil}`,
      );
    }
    const stored = (await this.access.sealedUnder(manager, hashes)).map(({ record }) => placeOf(record)).sort();
    const given = sealed.map(({ record }) => placeOf(record)).sort();
    const isWhole = stored.length === given.length && stored.every((place, i) => place === given[i]);
    refuseUnless(isWhole, Code.BAD_SEALED_KEY, 'Every sealed key of the older consents is sealed anew, and no other');
    return hashes;
  }

  /** The terms that count for each of these consents today. */
  private async current(manager: EntityManager, consents: ConsentEntity[]): Promise<ConsentEntity[]> {
    const hashes = consents.map((consent) => consent.extendedBy ?? consent.consentHash);
    return manager.findBy(ConsentEntity, { consentHash: In(hashes) });
  }

  private async keep(manager: EntityManager, consent: ConsentInput, extended: string[]): Promise<void> {
    const { signature, ...terms } = consent;
    const consentHash = consentHashOf(consent);
    await manager
      .createQueryBuilder()
      .insert()
      .into(ConsentEntity)
      .values({ ...terms, consentHash, signature })
      .orIgnore()
      .execute();
    await manager.update(ConsentEntity, { consentHash: In(extended) }, { extendedBy: consentHash });
  }
}
