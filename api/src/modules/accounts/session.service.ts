import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { MoreThan, Repository } from 'typeorm';
import type { Session } from '../../common/graphql/schema.generated.ts';
import { SessionEntity } from './session.entity.ts';

const SESSION_MS = 7 * 24 * 3600 * 1000;

/** Bearer sessions; the token leaves once and is never stored. */
@Injectable()
export class SessionService {
  constructor(@InjectRepository(SessionEntity) private readonly sessions: Repository<SessionEntity>) {}

  async open(account: string): Promise<Session> {
    const token = randomBytes(32).toString('base64url');
    const expiresAt = new Date(Date.now() + SESSION_MS);
    await this.sessions.insert({ tokenHash: hash(token), account, expiresAt });
    return { token, account, expiresAt };
  }

  async accountOf(token: string): Promise<string | null> {
    const session = await this.sessions.findOneBy({ tokenHash: hash(token), expiresAt: MoreThan(new Date()) });
    return session?.account ?? null;
  }

  /** The account behind an Authorization header, null without a valid one. */
  async authenticate(header: string | undefined): Promise<{ account: string | null; token: string | null }> {
    const token = header?.match(/^Bearer ([A-Za-z0-9_-]{20,100})$/)?.[1] ?? null;
    return { token, account: token ? await this.accountOf(token) : null };
  }

  async close(token: string | null): Promise<boolean> {
    if (!token) return false;
    const { affected } = await this.sessions.delete({ tokenHash: hash(token) });
    return (affected ?? 0) > 0;
  }
}

const hash = (token: string): Buffer => createHash('sha256').update(token).digest();
