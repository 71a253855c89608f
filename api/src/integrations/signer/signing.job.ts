import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Refusal } from '../../common/errors/refusal.ts';
import { OutboxRegistry } from '../../jobs/outbox.registry.ts';
import { KeySigner } from './key-signer.ts';
import type { SignedStruct } from './signer.port.ts';

export const SIGN_JOB = 'signer.sign';
const PRUNE_EVERY_MS = 60_000;

/** What the worker answers: a signature, or why there is none. */
export type SigningAnswer = { signed: SignedStruct } | { refused: string; message: string };

/** The worker's side of the signer. A refusal is an answer, not a failure: it must not be retried. */
@Injectable()
export class SigningJob implements OnModuleInit {
  constructor(
    @Inject(OutboxRegistry) private readonly registry: OutboxRegistry,
    @Inject(KeySigner) private readonly signer: KeySigner,
    @Inject(DataSource) private readonly source: DataSource,
  ) {}

  onModuleInit(): void {
    this.registry.on<{ kind: string; id: string }>(SIGN_JOB, (request) => this.run(request));
    this.registry.every('signer.prune', PRUNE_EVERY_MS, () => this.prune());
  }

  /** Answered requests are of no use to anybody: the signature can be asked for again. */
  async prune(): Promise<void> {
    await this.source.query(`DELETE FROM outbox WHERE type = $1 AND done_at < now() - interval '10 minutes'`, [
      SIGN_JOB,
    ]);
  }

  async run(request: { kind: string; id: string }): Promise<SigningAnswer> {
    try {
      return { signed: await this.signer.sign(request.kind, request.id) };
    } catch (error) {
      if (error instanceof Refusal) return { refused: error.code, message: error.message };
      throw error;
    }
  }
}
