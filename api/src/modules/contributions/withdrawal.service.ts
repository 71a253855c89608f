import { Code, digestOf, hashStruct, ItemReason, ReceiptKind } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { DataSource, In, LessThan } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { answer, refuse, refuseUnless } from '../../common/errors/refusal.ts';
import type { Refusal } from '../../common/errors/refusal.ts';
import type {
  ConsentWithdrawal,
  ConsentWithdrawInput,
  ContributionWithdrawInput,
  SignedReceipt,
} from '../../common/graphql/schema.generated.ts';
import { ChainEventRegistry } from '../../integrations/chain/chain-event.registry.ts';
import { ChainPort, RelayPort, TransactionReverted } from '../../integrations/chain/chain.port.ts';
import type { ChainEvent } from '../../integrations/chain/chain.port.ts';
import { isSignedBy } from '../../integrations/chain/signatures.ts';
import { OutboxRegistry } from '../../jobs/outbox.registry.ts';
import { OutboxService } from '../../jobs/outbox.service.ts';
import { AccessService } from '../access/access.service.ts';
import { KeyFileService } from '../access/key-file.service.ts';
import { ConsentEntity } from './consent.entity.ts';
import { ContributionEntity } from './contribution.entity.ts';
import { ContributionService } from './contribution.service.ts';
import { NonceService } from './nonce.service.ts';
import { ReceiptService } from './receipt.service.ts';
import { UploadService } from './upload.service.ts';
import { WithdrawalRecordService } from './withdrawal-record.service.ts';

const RELAY = 'contributions.relayWithdrawal';
const WAIT_MS = 8_000;
const MAX_CLOCK_SKEW = 600;

const WITHDRAWN_TEXT =
  'From the first block that shows it, keepers refuse every new key request under this consent. Keys that were released ' +
  'before also open ciphertext that is fetched later, and copies that licensees made cannot be recalled.';

const SHREDDED_TEXT =
  'Every wrapped and sealed key under the withdrawn consents was deleted here, and the key files of published versions were replaced ' +
  'by files without them. Copies of the old key files elsewhere open nothing by themselves, since keepers refuse; keys that were ' +
  'released before, and what was opened with them, cannot be recalled.';

const ITEM_TEXT =
  'The wrapped keys of this item were deleted here, key files of published versions were replaced by files without it, and it stays out ' +
  'of every later version. Whoever kept the old key file and may still ask keepers for keys under this consent can open the item; to ' +
  'stop that, withdraw the consent. Copies that were opened before cannot be recalled.';

/** Withdrawal of consent (on chain, honoured by keepers) and of single items (honoured here and in later versions). */
@Injectable()
export class WithdrawalService implements OnModuleInit {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(ChainPort) private readonly chain: ChainPort,
    @Inject(RelayPort) private readonly relay: RelayPort,
    @Inject(OutboxService) private readonly outbox: OutboxService,
    @Inject(OutboxRegistry) private readonly registry: OutboxRegistry,
    @Inject(ChainEventRegistry) private readonly events: ChainEventRegistry,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(KeyFileService) private readonly keyFiles: KeyFileService,
    @Inject(WithdrawalRecordService) private readonly records: WithdrawalRecordService,
    @Inject(NonceService) private readonly nonces: NonceService,
    @Inject(ReceiptService) private readonly receipts: ReceiptService,
    @Inject(ContributionService) private readonly contributions: ContributionService,
    @Inject(UploadService) private readonly uploads: UploadService,
  ) {}

  onModuleInit(): void {
    this.registry.on<ConsentWithdrawInput>(RELAY, (input) => this.send(input));
    this.events.on('ConsentRegistry', 'ConsentWithdrawn', (event, manager) => this.withdrawn(event, manager));
    this.events.on('ConsentRegistry', 'GrantsRevoked', (event, manager) => this.revoked(event, manager));
  }

  /** Anybody may hand in a signed withdrawal; no session is needed. */
  withdrawConsent(input: ConsentWithdrawInput): Promise<ConsentWithdrawal | Refusal> {
    return answer(async () => {
      const { contributorRef, datasetId, consentNonce, deadline, signature } = input;
      const struct = { contributorRef, datasetId, consentNonce, deadline };
      refuseUnless(deadline > Date.now() / 1000, Code.CONSENT_EXPIRED, 'The deadline of this withdrawal has passed');
      const digest = digestOf('Withdrawal', struct, this.chain.chainId, this.chain.addresses);
      const signed = await isSignedBy(this.chain, contributorRef, digest, signature);
      refuseUnless(signed, Code.WRONG_SIGNATURE, 'The withdrawal is not signed by the contributor on this chain');
      const { receipt, job } = await this.source.transaction((manager) => this.accept(manager, input));
      const relayed = await this.outbox.wait<{ hash: string | null }>(job, WAIT_MS);
      return { contributorRef, datasetId, consentNonce, txHash: relayed?.result.hash ?? null, receipt };
    });
  }

  private async accept(
    manager: EntityManager,
    input: ConsentWithdrawInput,
  ): Promise<{ receipt: SignedReceipt; job: string }> {
    const { contributorRef, datasetId, consentNonce, deadline, signature } = input;
    const key = `${contributorRef}:${datasetId}:${consentNonce}`;
    const [known]: { receipt: SignedReceipt }[] = await manager.query(
      'SELECT receipt FROM consent_withdrawal WHERE contributor_ref = $1 AND dataset_id = $2 AND consent_nonce = $3',
      [contributorRef, datasetId, consentNonce],
    );
    const job = () => this.outbox.enqueue(manager, RELAY, key, input);
    if (known) return { receipt: known.receipt, job: await job() };
    const current = (await this.nonces.of(manager, contributorRef, datasetId)).consentNonce;
    refuseUnless(consentNonce === current, Code.CONSENT_WITHDRAWN, `The current consent nonce is ${current}`);
    const subject = hashStruct('Withdrawal', { contributorRef, datasetId, consentNonce, deadline });
    const receipt = await this.receipts.sign(
      {
        contributorRef,
        datasetId,
        subject,
        kind: ReceiptKind.CONSENT_WITHDRAWN,
        evidence: input,
        text: WITHDRAWN_TEXT,
      },
      new Date(),
    );
    await manager.query('INSERT INTO consent_withdrawal VALUES ($1, $2, $3, $4, $5, $6)', [
      contributorRef,
      datasetId,
      consentNonce,
      deadline,
      signature,
      JSON.stringify(receipt),
    ]);
    return { receipt, job: await job() };
  }

  /** A revert means that the nonce was raised already: the withdrawal stands, only not by our transaction. */
  private async send(input: ConsentWithdrawInput): Promise<{ hash: string | null }> {
    const { signature, contributorRef, datasetId, consentNonce, deadline } = input;
    const args = [{ contributorRef, datasetId, consentNonce, deadline }, signature];
    try {
      const key = `withdraw:${contributorRef}:${datasetId}:${consentNonce}`;
      const { hash } = await this.relay.send(key, { contract: 'ConsentRegistry', method: 'withdrawBySig', args });
      return { hash };
    } catch (error) {
      if (!(error instanceof TransactionReverted)) throw error;
      const [current] = await this.chain.read<[bigint, bigint]>({
        contract: 'ConsentRegistry',
        method: 'noncesOf',
        args: [contributorRef, datasetId],
      });
      if (current > BigInt(consentNonce)) return { hash: null };
      throw error;
    }
  }

  /** Ends what was given under older nonces; a newer consent may already be in use when the block is confirmed. */
  private async withdrawn(event: ChainEvent, manager: EntityManager): Promise<void> {
    const contributorRef = String(event.args['contributorRef']);
    const datasetId = String(event.args['datasetId']).toLowerCase();
    const consentNonce = Number(event.args['consentNonce']);
    await this.uploads.lock(manager, contributorRef);
    await this.keyFiles.lock(manager, datasetId);
    await this.nonces.raise(manager, contributorRef, datasetId, { consentNonce });
    const ended = await manager.findBy(ConsentEntity, {
      contributorRef,
      datasetId,
      consentNonce: LessThan(consentNonce),
    });
    const consentHashes = ended.map((consent) => consent.consentHash);
    const items = await manager.find(ContributionEntity, {
      select: { id: true },
      where: { consentHash: In(consentHashes) },
    });
    const ids = items.map((item) => item.id);
    await this.contributions.transitionAll(manager, ids, 'WITHDRAWN', Code.CONSENT_WITHDRAWN);
    await this.uploads.release(manager, contributorRef, ids);
    await this.access.shredConsents(manager, consentHashes);
    const owner = { datasetId, contributorRef };
    const reason = ItemReason.CONTRIBUTOR_REQUEST;
    const keyFiles = await this.keyFiles.withdraw(manager, owner, ids, reason);
    await this.records.notify(manager, { ...owner, contributionId: null, reason });
    await this.records.promise(manager, {
      ...owner,
      subject: await this.subjectOf(manager, owner, consentNonce - 1),
      kind: ReceiptKind.KEYS_SHREDDED,
      evidence: { consentHashes: consentHashes.sort(), items: ids.length, keyFiles, txHash: event.txHash },
      text: SHREDDED_TEXT,
    });
  }

  /** Hash of the signed withdrawal; one that did not come through us is named with deadline 0. */
  private async subjectOf(
    manager: EntityManager,
    { contributorRef, datasetId }: { contributorRef: string; datasetId: string },
    consentNonce: number,
  ): Promise<string> {
    const [known]: { deadline: number }[] = await manager.query(
      'SELECT deadline FROM consent_withdrawal WHERE contributor_ref = $1 AND dataset_id = $2 AND consent_nonce = $3',
      [contributorRef, datasetId, consentNonce],
    );
    const deadline = Number(known?.deadline ?? 0);
    return hashStruct('Withdrawal', { contributorRef, datasetId, consentNonce, deadline });
  }

  private async revoked(event: ChainEvent, manager: EntityManager): Promise<void> {
    const datasetId = String(event.args['datasetId']).toLowerCase();
    await this.nonces.raise(manager, String(event.args['contributorRef']), datasetId, {
      grantNonce: Number(event.args['grantNonce']),
    });
  }

  /** One item, by the contributorRef's own signature. */
  withdrawItem(input: ContributionWithdrawInput): Promise<ContributionEntity | Refusal> {
    return answer(async () => {
      const item = await this.contributions.find(input.contributionId);
      if (!item) return refuse(Code.NOT_FOUND, 'This contribution is not known here');
      const known = Object.values(ItemReason).some((reason) => reason === input.reason);
      refuseUnless(known, Code.BAD_INPUT, 'Unknown reason');
      const now = Date.now() / 1000;
      refuseUnless(Math.abs(input.issuedAt - now) <= MAX_CLOCK_SKEW, Code.BAD_INPUT, 'issuedAt is not now');
      const { contributorRef, datasetId } = item;
      const struct = {
        contributorRef,
        datasetId,
        contributionId: item.id,
        reason: input.reason,
        issuedAt: input.issuedAt,
      };
      const digest = digestOf('ItemWithdrawal', struct, this.chain.chainId, this.chain.addresses);
      const signed = await isSignedBy(this.chain, contributorRef, digest, input.signature);
      refuseUnless(signed, Code.WRONG_SIGNATURE, 'The withdrawal is not signed by the contributor on this chain');
      return this.source.transaction((manager) => this.dropItem(manager, { datasetId, contributorRef }, input));
    });
  }

  private async dropItem(
    manager: EntityManager,
    owner: { datasetId: string; contributorRef: string },
    input: ContributionWithdrawInput,
  ): Promise<ContributionEntity> {
    await this.uploads.lock(manager, owner.contributorRef);
    await this.keyFiles.lock(manager, owner.datasetId);
    await manager.query(
      `INSERT INTO item_withdrawal (contribution_id, reason, issued_at, signature) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING`,
      [input.contributionId, input.reason, input.issuedAt, input.signature],
    );
    await this.contributions.transition(manager, input.contributionId, 'WITHDRAWN', Code.ITEM_WITHDRAWN);
    await this.uploads.release(manager, owner.contributorRef, [input.contributionId]);
    await this.access.shredItem(manager, input.contributionId);
    const { contributionId, reason } = input;
    const keyFiles = await this.keyFiles.withdraw(manager, owner, [contributionId], reason);
    await this.records.notify(manager, { ...owner, contributionId, reason });
    await this.records.promise(manager, {
      ...owner,
      subject: contributionId,
      kind: ReceiptKind.ITEM_WITHDRAWN,
      evidence: { withdrawal: input, keyFiles },
      text: ITEM_TEXT,
    });
    return manager.findOneByOrFail(ContributionEntity, { id: input.contributionId });
  }
}
