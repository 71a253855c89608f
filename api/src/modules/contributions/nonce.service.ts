import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

export interface Nonces {
  consentNonce: number;
  grantNonce: number;
}

/**
 * Current nonces of a contributor in a dataset. Raised as soon as any block shows it, confirmed or not: for a
 * withdrawal, early is safe.
 */
@Injectable()
export class NonceService {
  async of(manager: EntityManager, contributorRef: string, datasetId: string): Promise<Nonces> {
    const [row]: { consent: number; grant: number }[] = await manager.query(
      `SELECT greatest(max(consent_nonce), 0)::int AS consent, greatest(max(grant_nonce), 0)::int AS grant FROM (
         SELECT consent_nonce, grant_nonce FROM ref_nonce WHERE contributor_ref = $1 AND dataset_id = $2
         UNION ALL
         SELECT (args->>'consentNonce')::int, (args->>'grantNonce')::int FROM chain_event
         WHERE applied_at IS NULL AND contract = 'ConsentRegistry'
           AND args->>'contributorRef' = $1 AND args->>'datasetId' = $2
       ) seen`,
      [contributorRef, datasetId],
    );
    return { consentNonce: row?.consent ?? 0, grantNonce: row?.grant ?? 0 };
  }

  async raise(
    manager: EntityManager,
    contributorRef: string,
    datasetId: string,
    nonces: Partial<Nonces>,
  ): Promise<void> {
    await manager.query(
      `INSERT INTO ref_nonce VALUES ($1, $2, $3, $4) ON CONFLICT (contributor_ref, dataset_id) DO UPDATE
       SET consent_nonce = greatest(ref_nonce.consent_nonce, $3), grant_nonce = greatest(ref_nonce.grant_nonce, $4)`,
      [contributorRef, datasetId, nonces.consentNonce ?? 0, nonces.grantNonce ?? 0],
    );
  }
}
