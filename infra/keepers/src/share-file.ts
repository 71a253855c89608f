import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import { z } from 'zod';
import { bytesToScalar, commitmentTo, scalarToBytes } from './shamir.ts';

const SCRYPT = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 } as const;

const shareFileSchema = z.object({
  v: z.literal(1),
  scheme: z.literal('bls12-381-shamir'),
  /** Who made the key: `dealer` knew all of it for a moment, `dkg` means that nobody ever did. */
  origin: z.enum(['dealer', 'dkg']),
  networkKey: z.string().regex(/^0x[0-9a-f]{96}$/),
  commitment: z.string().regex(/^0x[0-9a-f]{96}$/),
  index: z.int().min(1).max(255),
  threshold: z.int().min(1),
  total: z.int().min(1),
  kdf: z.object({
    name: z.literal('scrypt'),
    N: z.literal(2 ** 15),
    r: z.literal(8),
    p: z.literal(1),
    salt: z.string(),
  }),
  cipher: z.object({ name: z.literal('aes-256-gcm'), iv: z.string(), data: z.string() }),
});

export type ShareFile = z.infer<typeof shareFileSchema>;

export interface Share {
  index: number;
  secret: bigint;
  commitment: string;
  networkKey: string;
  threshold: number;
  total: number;
  origin: 'dealer' | 'dkg';
}

/** Encrypts a share under a passphrase. Everything public in the file is authenticated with it. */
export function sealShareFile(share: Share, passphrase: string): ShareFile {
  const salt = randomBytes(16);
  const iv = randomBytes(12);
  const { secret, ...open } = share;
  const key = deriveKey(passphrase, salt);
  const plain = scalarToBytes(secret);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(associatedData(open));
  const data = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  wipe(key, plain);
  return {
    v: 1,
    scheme: 'bls12-381-shamir',
    ...open,
    kdf: { name: 'scrypt', N: SCRYPT.N, r: SCRYPT.r, p: SCRYPT.p, salt: salt.toString('hex') },
    cipher: { name: 'aes-256-gcm', iv: iv.toString('hex'), data: data.toString('hex') },
  };
}

/** @throws when the passphrase is wrong, a byte was changed, or the share does not match its commitment */
export function openShareFile(json: unknown, passphrase: string): Share {
  const file = shareFileSchema.parse(json);
  const { index, commitment, networkKey, threshold, total, origin } = file;
  const open = { index, commitment, networkKey, threshold, total, origin };
  const data = Buffer.from(file.cipher.data, 'hex');
  const key = deriveKey(passphrase, Buffer.from(file.kdf.salt, 'hex'));
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(file.cipher.iv, 'hex'), { authTagLength: 16 })
    .setAAD(associatedData(open))
    .setAuthTag(data.subarray(-16));
  const plain = decipher.update(data.subarray(0, -16));
  let secret: bigint;
  try {
    decipher.final();
    secret = bytesToScalar(plain);
  } catch (cause) {
    throw new Error('share file: wrong passphrase or altered file', { cause });
  } finally {
    wipe(key, plain);
  }
  if (commitmentTo(secret) !== commitment) throw new Error('share file: share does not match its commitment');
  return { ...open, secret };
}

/**
 * Best effort: bytes that held a secret are overwritten. The passphrase and the scalar are values of JavaScript, which
 * leaves copies to the garbage collector; what protects memory is the machine.
 */
export function wipe(...secrets: Uint8Array[]): void {
  for (const secret of secrets) secret.fill(0);
}

function associatedData(open: Omit<Share, 'secret'>): Buffer {
  const { origin, networkKey, commitment, index, threshold, total } = open;
  return Buffer.from(JSON.stringify(['allod.share.v1', origin, networkKey, commitment, index, threshold, total]));
}

const deriveKey = (passphrase: string, salt: Buffer): Buffer => scryptSync(passphrase, salt, 32, SCRYPT);
