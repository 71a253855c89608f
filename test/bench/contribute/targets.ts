import { reasonsBeside } from '../misses.ts';

/** What the last line of the bench names; ratios without a unit. */
export interface Figures {
  encryptRatio: number;
  encryptCidRatio: number;
  uploadRatio: number;
  tusRatio: number;
  smallItemRatio: number;
  rssMB: number;
  bundleKB: number;
}

interface Target {
  what: string;
  atLeast?: number;
  atMost?: number;
}

export const TARGETS: Readonly<Record<keyof Figures, Target>> = {
  encryptRatio: { what: 'encrypt ÷ raw WebCrypto AES-GCM, CPU', atLeast: 0.8 },
  encryptCidRatio: { what: 'encrypt + CID ÷ (AES-GCM + SHA-256), CPU', atLeast: 0.75 },
  uploadRatio: { what: 'contribute 500 MB ÷ (write + SHA-256 + fsync)', atLeast: 0.3 },
  tusRatio: { what: 'contribute 500 MB ÷ the same through tus', atLeast: 0.9 },
  smallItemRatio: { what: 'per item of 5,000 × 1 KB ÷ one PostgreSQL commit', atMost: 2 },
  rssMB: { what: 'memory above baseline for 2,000 MB, in MB', atMost: 64 },
  bundleKB: { what: 'core bundle, KB gzip', atMost: 70 },
};

export interface Verdict {
  name: keyof Figures;
  figure: number;
  pass: boolean;
  /** From `misses.json`, for a miss that has one. */
  reason: string | null;
}

/** Reasons for missed targets, by figure. */
export const readReasons = (): Record<string, string> => reasonsBeside(import.meta.url);

export function verdictsOf(figures: Figures, reasons: Readonly<Record<string, string>>): Verdict[] {
  return (Object.keys(TARGETS) as (keyof Figures)[]).map((name) => {
    const { atLeast = -Infinity, atMost = Infinity } = TARGETS[name];
    const figure = figures[name];
    const pass = figure >= atLeast && figure <= atMost;
    return { name, figure, pass, reason: pass ? null : (reasons[name] ?? null) };
  });
}

export function lineOf({ name, figure, pass, reason }: Verdict): string {
  const { what, atLeast, atMost } = TARGETS[name];
  const bound = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
  const because = pass ? '' : `: ${reason ?? 'NO REASON is written in test/bench/contribute/misses.json'}`;
  return `${pass ? 'PASS' : 'FAIL'} ${name.padEnd(15)} ${String(figure).padStart(8)}, ${bound} (${what})${because}`;
}
