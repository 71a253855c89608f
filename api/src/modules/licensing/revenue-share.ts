const WHOLE_BPS = 10_000n;

/** How the vault splits a price: the contributors' share rounded down, the rest to labelers, curator and protocol. */
export function splitPrice(price: bigint, contributorsBps: number): { contributors: bigint; other: bigint } {
  if (price < 0n || contributorsBps < 0 || contributorsBps > 10_000)
    throw new RangeError('price or share is out of range');
  const contributors = (price * BigInt(contributorsBps)) / WHOLE_BPS;
  return { contributors, other: price - contributors };
}
