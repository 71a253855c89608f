import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { gcm } from '@noble/ciphers/aes.js';
import { bytesToHex, hexToBytes, randomBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { toBase64 } from '@allod/protocol';
import { sharesKey } from './session-message.ts';
import { newSessionKey, openShares, signSession } from './session-crypto.ts';
import type { KeySession } from './session.ts';
import { openSealedShares, signForKeeper } from './session-sync.ts';

const withoutWebCrypto = () => jest.spyOn(globalThis.crypto, 'subtle', 'get').mockReturnValue(undefined as never);

async function newSession(): Promise<KeySession> {
  const { seed, publicKey } = await newSessionKey();
  return {
    account: `0x${'11'.repeat(20)}`,
    publicKey: bytesToHex(publicKey),
    secretKey: bytesToHex(seed) + bytesToHex(publicKey),
    walletSig: { sig: '0x', derivedVia: 'web3.eth.personal.sign', signedMessage: 'm', address: '0x' },
    issuedAt: '2026-01-01T00:00:00.000Z',
    expiresAt: '2026-01-01T01:00:00.000Z',
  };
}

/** What a keeper does, with other code than that under test. */
function sealTo(session: KeySession, challenge: Uint8Array, plain: Uint8Array) {
  const { secretKey, publicKey } = x25519.keygen();
  const recipient = ed25519.utils.toMontgomery(hexToBytes(session.publicKey));
  const key = sharesKey(x25519.getSharedSecret(secretKey, recipient), challenge, publicKey, recipient);
  return { ephemeral: bytesToHex(publicKey), data: toBase64(gcm(key, new Uint8Array(12)).encrypt(plain)) };
}

describe.each([
  ['with WebCrypto', () => undefined],
  ['in plain JavaScript', withoutWebCrypto],
])('a session %s', (_, arrange) => {
  afterEach(() => void jest.restoreAllMocks());

  it('has a key pair that verifies, and signs like any other Ed25519', async () => {
    arrange();
    const session = await newSession();
    expect(bytesToHex(ed25519.getPublicKey(hexToBytes(session.secretKey).subarray(0, 32)))).toBe(session.publicKey);
    const signed = await signSession(session, 'https://keeper.example');
    expect(signed).toEqual(signForKeeper(session, 'https://keeper.example'));
    const message = utf8ToBytes(signed.signedMessage);
    expect(ed25519.verify(hexToBytes(signed.sig), message, hexToBytes(session.publicKey))).toBe(true);
  });

  it('opens what was sealed to it, and nothing under another challenge, to another session or altered', async () => {
    arrange();
    const [session, other] = [await newSession(), await newSession()];
    const [challenge, plain] = [randomBytes(32), randomBytes(2 * 97)];
    const sealed = sealTo(session, challenge, plain);
    const shares = await openShares(sealed, session.secretKey, challenge);
    expect(shares).toEqual([
      { index: plain[0], signature: plain.slice(1, 97) },
      { index: plain[97], signature: plain.slice(98) },
    ]);
    expect(openSealedShares(sealed, session.secretKey, challenge)).toEqual(shares);
    await expect(openShares(sealed, session.secretKey, randomBytes(32))).rejects.toThrow();
    await expect(openShares(sealed, other.secretKey, challenge)).rejects.toThrow();
    const { data } = sealTo(session, challenge, randomBytes(97));
    await expect(openShares({ ...sealed, data }, session.secretKey, challenge)).rejects.toThrow();
    const odd = sealTo(session, challenge, randomBytes(98));
    await expect(openShares(odd, session.secretKey, challenge)).rejects.toThrow(RangeError);
  });
});
