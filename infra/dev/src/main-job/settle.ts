import { type CapTableFile, Role } from '@allod/protocol';
import { isAllodError } from '@allod/sdk';
import type { Actor } from './actors.ts';
import type { Licensed, Published } from './license.ts';
import { expect, type Line, usd } from './line.ts';

export interface Settled {
  /** Received from licenses, by the actors' names. */
  received: Map<string, bigint>;
  claimed: bigint;
  dust: bigint;
}

/** Everyone in the cap table claims; what all got and the rounding that is left make up the price. */
export async function settle(
  line: Line,
  sales: { published: Published; licensed: Licensed[]; datasetId: string }[],
): Promise<Settled> {
  const { actors, gas, stack } = line;
  const received = new Map<string, bigint>();
  let claimed = 0n;
  const credit = (name: string, amount: bigint): void => {
    received.set(name, (received.get(name) ?? 0n) + amount);
    claimed += amount;
  };
  const claimAs = async (actor: Actor, name: string, datasetId: string, account?: string): Promise<void> => {
    try {
      const { paid, gasUsed, skipped } = await actor.client.claim({
        datasetId,
        ...(account === undefined ? {} : { account }),
      });
      expect(skipped.length === 0, 'no payee is skipped');
      gas.add('LicenseVault.claim (first, with proof)', gasUsed);
      credit(name, paid);
    } catch (error) {
      if (!isAllodError(error, 'NOTHING_DUE')) throw error;
    }
  };

  let leaves = 0;
  for (const { datasetId, published } of sales) {
    for (const contributor of actors.contributors) {
      const { gasUsed } = await contributor.client.setPayee({ datasetId, payee: contributor.wallet.address });
      gas.add('ConsentRegistry.setPayeeBySig', gasUsed);
      await claimAs(contributor, contributor.name, datasetId);
    }
    for (const labeler of actors.labelers) await claimAs(labeler, labeler.name, datasetId);
    await claimAs(actors.curator, actors.curator.name, datasetId);
    const answer = await fetch(`${stack.urls.api}/ipfs/${published.capTableCid}?format=raw`);
    const table = (await answer.json()) as CapTableFile;
    leaves += table.contributor.length + table.other.length;
    for (const { account } of table.other.filter(({ role }) => role === Role.PROTOCOL)) {
      await claimAs(actors.curator, 'protocol', datasetId, account);
    }
  }
  const price = sales.flatMap(({ licensed }) => licensed).reduce((sum, sale) => sum + sale.price, 0n);
  const dust = price - claimed;
  expect(
    dust >= 0n && dust <= BigInt(2 * leaves),
    `claims ${usd(claimed)} and dust ${dust} make up the price ${usd(price)}`,
  );
  return { received, claimed, dust };
}
