import { generateKeyPairSync, sign } from 'node:crypto';

/** A self-signed certificate for 127.0.0.1, made here and now, and its key; both PEM. */
export interface TestCertificate {
  cert: string;
  key: string;
}

/** Makes an X.509 certificate (RFC 5280, version 1, ECDSA P-256) that is valid from yesterday for a year. */
export function makeCertificate(name = 'keeper.test'): TestCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const subject = sequence(tag(0x31, sequence(COMMON_NAME, tag(0x0c, Buffer.from(name)))));
  const day = 86_400_000;
  const validity = sequence(utcTime(Date.now() - day), utcTime(Date.now() + 365 * day));
  const body = sequence(
    tag(0x02, Buffer.of(1)),
    ECDSA_SHA256,
    subject,
    validity,
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = tag(0x03, Buffer.of(0), sign('sha256', body, privateKey));
  const base64 = sequence(body, ECDSA_SHA256, signature).toString('base64');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${base64.match(/.{1,64}/g)!.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

function tag(number: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(number, ...size), content]);
}

function sequence(...parts: Buffer[]): Buffer {
  return tag(0x30, ...parts);
}

/** OID 2.5.4.3. */
const COMMON_NAME = Buffer.from('0603550403', 'hex');
/** OID 1.2.840.10045.4.3.2. */
const ECDSA_SHA256 = sequence(Buffer.from('06082a8648ce3d040302', 'hex'));

const utcTime = (at: number): Buffer =>
  tag(0x17, Buffer.from(`${new Date(at).toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`));
