import { createHash, createPublicKey, verify } from 'node:crypto';
import { getAddress, hashMessage, verifyMessage } from 'ethers';
import { SiweMessage } from 'siwe';
import { z } from 'zod';
import { decodeRecap, recapCovers, recapStatement } from './recap.ts';
import type { Attenuations } from './recap.ts';
import { Refusal } from './refusal.ts';

export interface SessionPolicy {
  /** The addresses under which this keeper is reached, for example `http://127.0.0.1:7470`. */
  nodeAddresses: readonly string[];
  /** SIWE domains that may ask: `app.example.org`, or `localhost:*` for any port. */
  domains: readonly string[];
  chainId: number;
  maxSessionSeconds: number;
  clockSkewSeconds: number;
  /** Called before a wallet message that was not seen is read, which costs milliseconds and RPC requests; may refuse. */
  beforeNewWallet?: () => void;
}

/** The chain questions that a session raises; each RPC must agree. */
export interface SessionChain {
  /** Whether `hash` is a block of every RPC and not older than allowed at `issuedAt`. */
  isRecentBlock(hash: string, issuedAt: Date): Promise<boolean>;
  /** ERC-1271 `isValidSignature` on every RPC. */
  isValidContractSignature(account: string, digest: string, signature: string): Promise<boolean>;
}

export interface Session {
  /** The wallet that stands behind the session, checksummed. */
  account: string;
  /** Ed25519 public key of the session, 32 bytes hex. */
  sessionKey: string;
  expiresAt: Date;
  /** Whether both the wallet and the session key allow to decrypt this identity. */
  covers(identity: string): boolean;
}

const walletSigSchema = z.object({
  sig: z.string().regex(/^0x([0-9a-fA-F]{2})+$/),
  derivedVia: z.enum(['web3.eth.personal.sign', 'EIP1271']),
  signedMessage: z.string().max(8192),
  address: z.string().regex(/^0x[0-9a-fA-F]{40}$/),
});

const sessionSigSchema = z.object({
  sig: z.string().regex(/^[0-9a-f]{128}$/),
  derivedVia: z.literal('litSessionSignViaNacl'),
  signedMessage: z.string().max(32_768),
  address: z.string().regex(/^[0-9a-f]{64}$/),
  algo: z.literal('ed25519'),
});

const sessionMessageSchema = z.object({
  sessionKey: z.string(),
  resourceAbilityRequests: z
    .array(z.object({ resource: z.object({ resource: z.string(), resourcePrefix: z.string() }), ability: z.string() }))
    .min(1)
    .max(512),
  capabilities: z.array(z.unknown()).length(1),
  issuedAt: z.iso.datetime(),
  expiration: z.iso.datetime(),
  nodeAddress: z.string(),
});

type WalletSig = z.infer<typeof walletSigSchema>;
type SessionMessage = z.infer<typeof sessionMessageSchema>;

/**
 * Wallet messages whose signatures verified before, so that a session pays once for reading the message, recovering its
 * signer and asking for its nonce. Forgets the oldest.
 */
export class VerifiedWallets {
  readonly #seen = new Map<string, SiweMessage>();
  readonly #limit: number;

  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  get(walletSig: SignedMessage): SiweMessage | undefined {
    return this.#seen.get(fingerprint(walletSig));
  }

  add(walletSig: SignedMessage, message: SiweMessage): void {
    if (this.#seen.size >= this.#limit) this.#seen.delete(this.#seen.keys().next().value!);
    this.#seen.set(fingerprint(walletSig), message);
  }
}

interface SignedMessage {
  signedMessage: string;
  sig: string;
}

const fingerprint = ({ signedMessage, sig }: SignedMessage): string =>
  createHash('sha256').update(sig).update(signedMessage).digest('hex');

/**
 * Checks a session signature completely: form, key, node, times, scope and wallet. Cheap checks come first: a request
 * whose session signature is wrong costs a tenth of one whose wallet message must be read.
 */
export async function verifySession(
  input: unknown,
  policy: SessionPolicy,
  chain: SessionChain,
  verified: VerifiedWallets = new VerifiedWallets(),
  now: Date = new Date(),
): Promise<Session> {
  if (isBareSiwe(input))
    throw new Refusal('BARE_SIWE', 'a wallet signature alone is replayable: use a session signature');
  const sessionSig = parse(sessionSigSchema, input);
  const message = parse(sessionMessageSchema, parseJson(sessionSig.signedMessage));
  if (message.sessionKey !== sessionSig.address) throw invalid('the session key differs from the signer');
  if (!policy.nodeAddresses.includes(message.nodeAddress)) {
    throw new Refusal('SESSION_NOT_FOR_NODE', `the session was signed for ${message.nodeAddress}`);
  }
  checkTimes(message.issuedAt, message.expiration, policy, now);
  if (!verifyEd25519(sessionSig.address, sessionSig.signedMessage, sessionSig.sig)) {
    throw invalid('the session signature does not verify');
  }
  const walletSig = parse(walletSigSchema, message.capabilities[0]);
  const known = verified.get(walletSig);
  if (!known) policy.beforeNewWallet?.();
  const siwe = known ?? parseSiwe(walletSig.signedMessage);
  const attenuations = checkSiwe(siwe, walletSig, message, policy, now);
  if (!known) await verifyWallet(siwe, walletSig, chain, verified);
  return {
    account: siwe.address,
    sessionKey: sessionSig.address,
    expiresAt: new Date(Math.min(Date.parse(message.expiration), Date.parse(siwe.expirationTime!))),
    covers: (identity) => recapCovers(attenuations, identity) && requestCovers(message, identity),
  };
}

function checkSiwe(
  siwe: SiweMessage,
  walletSig: WalletSig,
  message: SessionMessage,
  policy: SessionPolicy,
  now: Date,
): Attenuations {
  if (!policy.domains.some((allowed) => domainMatches(allowed, siwe.domain))) {
    throw invalid(`the domain ${siwe.domain} may not ask`);
  }
  if (siwe.uri !== `lit:session:${message.sessionKey}`) throw invalid('the wallet signed for another session key');
  if (siwe.chainId !== policy.chainId) throw invalid(`the wallet signed for chain ${siwe.chainId}`);
  if (siwe.address !== getAddress(walletSig.address)) throw invalid('the address differs from the message');
  if (!/^0x[0-9a-f]{64}$/.test(siwe.nonce)) throw invalid('the nonce is not a block hash');
  if (!siwe.issuedAt || !siwe.expirationTime) throw invalid('the message has no issue or expiration time');
  checkTimes(siwe.issuedAt, siwe.expirationTime, policy, now);
  if (siwe.notBefore && Date.parse(siwe.notBefore) > now.getTime()) throw invalid('the message is not valid yet');
  const attenuations = siwe.resources?.length === 1 ? decodeRecap(siwe.resources[0]!) : undefined;
  if (!attenuations) throw new Refusal('SESSION_SCOPE', 'the message carries no capability');
  if (!siwe.statement?.endsWith(recapStatement(attenuations))) {
    throw invalid('the statement does not spell out the capability');
  }
  return attenuations;
}

function checkTimes(issuedAt: string, expiration: string, policy: SessionPolicy, now: Date): void {
  const [from, until, at] = [Date.parse(issuedAt), Date.parse(expiration), now.getTime()];
  if (from > at + policy.clockSkewSeconds * 1000) throw invalid('issued in the future');
  if (until <= at) throw new Refusal('SESSION_EXPIRED', `expired at ${expiration}`);
  if (until - from > (policy.maxSessionSeconds + policy.clockSkewSeconds) * 1000) {
    throw invalid(`a session lives at most ${policy.maxSessionSeconds} s`);
  }
}

/**
 * A key account is checked here, before the chain is asked anything, and stays checked. A contract may change its mind,
 * so it is asked each time.
 */
async function verifyWallet(
  siwe: SiweMessage,
  walletSig: WalletSig,
  chain: SessionChain,
  verified: VerifiedWallets,
): Promise<void> {
  const isKeyAccount = walletSig.derivedVia === 'web3.eth.personal.sign' && recover(walletSig) === siwe.address;
  if (!(await chain.isRecentBlock(siwe.nonce, new Date(siwe.issuedAt!)))) {
    throw new Refusal('SESSION_EXPIRED', 'the nonce is not the hash of a recent block');
  }
  if (isKeyAccount) return verified.add(walletSig, siwe);
  if (!(await chain.isValidContractSignature(siwe.address, hashMessage(walletSig.signedMessage), walletSig.sig))) {
    throw invalid('the wallet signature does not verify');
  }
}

function recover(walletSig: WalletSig): string | undefined {
  try {
    return verifyMessage(walletSig.signedMessage, walletSig.sig);
  } catch {
    return undefined;
  }
}

function parseSiwe(text: string): SiweMessage {
  let siwe: SiweMessage;
  try {
    siwe = new SiweMessage(text);
  } catch (cause) {
    throw new Refusal('SESSION_INVALID', 'the wallet message is not a SIWE message', { cause });
  }
  if (siwe.toMessage() !== text) throw invalid('the wallet message is not in canonical form');
  return siwe;
}

function requestCovers(message: SessionMessage, identity: string): boolean {
  return message.resourceAbilityRequests.some(
    ({ resource, ability }) =>
      ability === 'access-control-condition-decryption' &&
      resource.resourcePrefix === 'lit-accesscontrolcondition' &&
      (resource.resource === '*' || `lit-accesscontrolcondition://${resource.resource}` === identity),
  );
}

export function domainMatches(allowed: string, domain: string): boolean {
  if (!allowed.endsWith(':*')) return allowed === domain;
  const host = allowed.slice(0, -2);
  return domain === host || (domain.startsWith(`${host}:`) && /^\d{1,5}$/.test(domain.slice(host.length + 1)));
}

function verifyEd25519(publicKey: string, message: string, signature: string): boolean {
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(publicKey, 'hex')]);
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  return verify(null, Buffer.from(message), key, Buffer.from(signature, 'hex'));
}

function isBareSiwe(input: unknown): boolean {
  return walletSigSchema.safeParse(input).success;
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (!result.success) throw invalid(z.prettifyError(result.error));
  return result.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('the session message is not JSON');
  }
}

const invalid = (message: string): Refusal => new Refusal('SESSION_INVALID', message);
