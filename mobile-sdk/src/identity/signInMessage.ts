import { BadChallengeError } from '../errors/account.ts';

/** What an EIP-4361 message must say before it is signed. */
export interface ExpectedSignIn {
  domain: string;
  account: string;
  uri: string;
  chainId: number;
  nonce: string;
}

/**
 * Checks the message that the API proposes, so that a false server cannot make a wallet sign in elsewhere.
 * Throws {@link BadChallengeError} unless every named field stands in its own line.
 */
export function checkSignInMessage(message: string, expected: ExpectedSignIn): void {
  const lines = message.split('\n');
  const has = (line: string): boolean => lines.includes(line);
  const ok =
    lines[0] === `${expected.domain} wants you to sign in with your Ethereum account:` &&
    lines[1]?.toLowerCase() === expected.account.toLowerCase() &&
    has(`URI: ${expected.uri}`) &&
    has('Version: 1') &&
    has(`Chain ID: ${expected.chainId}`) &&
    has(`Nonce: ${expected.nonce}`) &&
    lines.filter((line) => /^(URI|Chain ID|Nonce): /.test(line)).length === 3;
  if (!ok) throw new BadChallengeError({ message, expected });
}
