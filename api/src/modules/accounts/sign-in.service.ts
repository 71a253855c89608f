import { Code } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { hashMessage } from 'ethers';
import { generateNonce, SiweMessage } from 'siwe';
import { LessThan, Repository } from 'typeorm';
import { DomainError } from '../../common/errors/domain-error.ts';
import { answer, refuseUnless } from '../../common/errors/refusal.ts';
import type { Refusal } from '../../common/errors/refusal.ts';
import type { Session, SignInChallenge } from '../../common/graphql/schema.generated.ts';
import { ENV } from '../../config/config.module.ts';
import type { Env } from '../../config/env.ts';
import { ChainPort } from '../../integrations/chain/chain.port.ts';
import { isSignedBy } from '../../integrations/chain/signatures.ts';
import { ChallengeEntity } from './challenge.entity.ts';
import { SessionService } from './session.service.ts';

const CHALLENGE_MS = 5 * 60 * 1000;
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** EIP-4361. The message is built here and must come back unchanged, so nothing in it has to be believed. */
@Injectable()
export class SignInService {
  constructor(
    @Inject(ENV) private readonly env: Env,
    @Inject(ChainPort) private readonly chain: ChainPort,
    @InjectRepository(ChallengeEntity) private readonly challenges: Repository<ChallengeEntity>,
    @Inject(SessionService) private readonly sessions: SessionService,
  ) {}

  async challenge(account: string, domain: string, uri: string): Promise<SignInChallenge> {
    if (!this.isOurs(domain)) throw new DomainError(Code.FORBIDDEN, `${domain} may not sign people in here`);
    const expiresAt = new Date(Date.now() + CHALLENGE_MS);
    const nonce = generateNonce();
    const message = buildMessage({ account, domain, uri, nonce, expiresAt, chainId: this.env.CHAIN_ID });
    await this.challenges.delete({ expiresAt: LessThan(new Date()) });
    await this.challenges.insert({ nonce, account, message, expiresAt });
    return { message, nonce, expiresAt };
  }

  signIn(message: string, signature: string): Promise<Session | Refusal> {
    return answer(async () => {
      const challenge = await this.take(message);
      refuseUnless(challenge, Code.CHALLENGE_EXPIRED, 'Ask for a new message to sign');
      const signed = await isSignedBy(this.chain, challenge.account, hashMessage(message), signature);
      refuseUnless(signed, Code.WRONG_SIGNATURE, `The message is not signed by ${challenge.account}`);
      return this.sessions.open(challenge.account);
    });
  }

  /** A challenge is used up by the first attempt, right or wrong. */
  private async take(message: string): Promise<ChallengeEntity | undefined> {
    const found = await this.challenges.findOneBy({ message });
    if (!found || found.expiresAt < new Date()) return undefined;
    const { affected } = await this.challenges.delete({ nonce: found.nonce });
    return affected ? found : undefined;
  }

  /** A sign-in text for somebody else's domain would let that site act for the person. */
  private isOurs(domain: string): boolean {
    const hosts = [this.env.PUBLIC_URL, ...this.env.UI_ORIGIN.split(',')].map((url) => new URL(url.trim()).host);
    return hosts.includes(domain) || (hosts.some((host) => LOOPBACK.test(host)) && LOOPBACK.test(domain));
  }
}

function buildMessage(p: {
  account: string;
  domain: string;
  uri: string;
  nonce: string;
  expiresAt: Date;
  chainId: number;
}) {
  try {
    return new SiweMessage({
      domain: p.domain,
      address: p.account,
      uri: p.uri,
      version: '1',
      chainId: p.chainId,
      nonce: p.nonce,
      expirationTime: p.expiresAt.toISOString(),
      statement: 'Sign in to Allod. This costs nothing and moves nothing.',
    }).prepareMessage();
  } catch {
    throw new DomainError(Code.BAD_INPUT, 'domain or uri is malformed');
  }
}
