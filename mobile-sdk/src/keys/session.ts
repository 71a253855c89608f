import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { toBase64 } from '@allod/protocol';
import { checksumAddress } from './checksum-address.ts';
import type { KeySession, KeySigner, StartSessionOptions } from './key-session.ts';
import { newSessionKey } from './session-crypto.ts';

export type { KeySession, KeySigner, SessionSig, StartSessionOptions, WalletSig } from './key-session.ts';

const RESOURCE = 'lit-accesscontrolcondition://*';
const RECAP = { att: { [RESOURCE]: { 'Threshold/Decryption': [{}] } }, prf: [] };
const STATEMENT =
  'Open keys that I am entitled to, for the next hours and on this device only. ' +
  'I further authorize the stated URI to perform the following actions on my behalf: ' +
  `(1) 'Threshold': 'Decryption' for '${RESOURCE}'.`;

/**
 * Makes a session key and has the wallet sign for it: Sign-In with Ethereum (EIP-4361) with a ReCap capability
 * (EIP-5573). @param nonce hash of a recent block, so that nobody can collect signatures for later
 */
export async function createKeySession(
  signer: KeySigner,
  {
    nonce,
    chainId,
    domain = defaultDomain(),
    lifetimeSeconds = 3600,
  }: StartSessionOptions & { nonce: string; chainId: number },
  now: Date = new Date(),
): Promise<KeySession> {
  const { seed, publicKey } = await newSessionKey();
  const account = checksumAddress(await signer.getAddress());
  const issuedAt = now.toISOString();
  const expiresAt = new Date(now.getTime() + lifetimeSeconds * 1000).toISOString();
  const signedMessage = [
    `${domain} wants you to sign in with your Ethereum account:`,
    account,
    '',
    STATEMENT,
    '',
    `URI: lit:session:${bytesToHex(publicKey)}`,
    'Version: 1',
    `Chain ID: ${chainId}`,
    `Nonce: ${nonce}`,
    `Issued At: ${issuedAt}`,
    `Expiration Time: ${expiresAt}`,
    'Resources:',
    `- urn:recap:${base64Url(JSON.stringify(RECAP))}`,
  ].join('\n');
  const sig = await signer.signMessage(signedMessage);
  return {
    account,
    publicKey: bytesToHex(publicKey),
    secretKey: bytesToHex(seed) + bytesToHex(publicKey),
    walletSig: { sig, derivedVia: 'web3.eth.personal.sign', signedMessage, address: account },
    issuedAt,
    expiresAt,
  };
}

export const isExpired = (session: KeySession, now: number = Date.now()): boolean =>
  Date.parse(session.expiresAt) <= now;

function base64Url(text: string): string {
  return toBase64(utf8ToBytes(text)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function defaultDomain(): string {
  const { location } = globalThis as { location?: { host?: string } };
  return location?.host || 'localhost';
}
