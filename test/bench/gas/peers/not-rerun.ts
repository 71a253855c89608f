import type { PeerFigure } from '../report.ts';

/**
 * Peers whose bytecode is not on npm: figures of 2026-11-21, measured the same way (receipts on anvil, hardfork osaka,
 * base fee 0; Story with forge) from 0xSplits V2.2 at 71f09d3 and V1 at 1d97dfb, Story core v1.3.2, Vana at ea6a85c,
 * DIMO SACD at 73a0221 and Sablier Lockup 4.0.1, each with its own compiler settings.
 */
export const NOT_RERUN: readonly PeerFigure[] = (
  [
    ['purchase, new licensee', 'Story mintLicenseTokens', 690_218],
    ['publish version', '0xSplits V1 createSplit', 133_255, 10],
    ['publish version', '0xSplits V1 createSplit', 245_620, 100],
    ['publish version', '0xSplits V1 createSplit', 1_433_472, 1_000],
    ['publish version', '0xSplits V1 createSplit (above the gas of one transaction)', 19_455_140, 10_000],
    ['publish version', 'Story register IP and terms, without contributors', 934_967],
    ['anchor, per item of 1,000', 'Vana addFile and addProof', 582_709],
    ['claim, first of a version by proof', 'Story vault claim', 101_808],
    ['claim, cached', '0xSplits V1 withdraw', 48_085],
    ['claim, cached', '0xSplits V2 withdraw', 51_625],
    ['claim, ten cached in one transaction', '0xSplits V1, ten transactions', 480_850],
    ['voucher', 'Sablier withdrawMax', 86_345],
    ['voucher, relayed in rounds of 100', '0xSplits V2 push, per payee', 10_926],
    ['withdraw consent, again', 'DIMO SACD update', 61_605],
  ] as const
).map(([op, peer, gas, n]) => ({
  op,
  peer: `${peer} (not re-run)`,
  gas,
  ...(n === undefined ? {} : { ns: [n] }),
}));
