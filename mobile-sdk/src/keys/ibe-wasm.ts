import type { IbeCurve } from '@allod/protocol';
import { lagrangeAtZero } from '@allod/protocol';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';

type Mcl = typeof import('mcl-wasm');

const BASE_POINT = '97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb';
const FIELD_BYTES = 48;

let loading: Promise<IbeCurve | undefined> | undefined;

/**
 * The curve arithmetic of opening, in WebAssembly (`mcl-wasm`, an optional dependency): a third of the time of plain JavaScript, for
 * readers with thousands of keys. Undefined where the package or WebAssembly is missing. It is not trusted with more than speed:
 * what it opens must hash to the `dataHash` that the key was sealed under.
 */
export function loadWasmCurve(): Promise<IbeCurve | undefined> {
  loading ??= load().catch(() => undefined);
  return loading;
}

async function load(): Promise<IbeCurve> {
  const module = (await import('mcl-wasm')) as Mcl & { default?: Mcl };
  const mcl = module.default ?? module;
  await mcl.init(mcl.BLS12_381);
  mcl.setETHserialization(true);
  mcl.verifyOrderG1(true);
  mcl.verifyOrderG2(true);
  const base = mcl.deserializeHexStrToG1(BASE_POINT);

  const scalar = (value: bigint) => {
    const fr = new mcl.Fr();
    fr.setStr(value.toString(16), 16);
    return fr;
  };
  /** Factors are products of a few keeper indices: doubling and adding beats a multiplication of full width. */
  const multiply = (point: ReturnType<Mcl['deserializeHexStrToG2']>, factor: bigint) => {
    let sum = point;
    for (const bit of (factor < 0n ? -factor : factor).toString(2).slice(1)) {
      sum = mcl.dbl(sum);
      if (bit === '1') sum = mcl.add(sum, point);
    }
    return factor < 0n ? mcl.neg(sum) : sum;
  };

  return {
    sharedSecret(u, shares) {
      const { factors, denominator } = lagrangeAtZero(shares.map(({ index }) => index));
      const [first, ...others] = shares.map(({ signature }, i) =>
        multiply(mcl.deserializeHexStrToG2(bytesToHex(signature)), factors[i]!),
      );
      if (!first) return undefined;
      const sum = others.reduce((acc, point) => mcl.add(acc, point), first);
      if (sum.isZero()) return undefined;
      const point = mcl.deserializeHexStrToG1(bytesToHex(u));
      const scaled = denominator === 1n ? point : mcl.mul(point, mcl.inv(scalar(denominator)));
      return swapPairs(mcl.pairing(scaled, sum).serialize());
    },
    timesGenerator: (value) => hexToBytes(mcl.mul(base, scalar(value)).serializeToHexStr()),
  };
}

/** The library writes c1 before c0 in each Fp2; the format has c0 first. */
function swapPairs(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at += 2 * FIELD_BYTES) {
    out.set(bytes.subarray(at + FIELD_BYTES, at + 2 * FIELD_BYTES), at);
    out.set(bytes.subarray(at, at + FIELD_BYTES), at + FIELD_BYTES);
  }
  return out;
}
