/** What a run must show, in the units of its last line. */
export interface KeyFigures {
  open: { light_p50_ms: number; sdk_p50_ms: number };
  seal_ms: number;
  keys100_s: number;
  /** Seconds and contributors of the large dataset. */
  many: { seconds: number; contributors: number };
  keysAsked100: number;
  bundle_gzip_kb: number;
  client_cpu_ms_per_key: number;
  keepers_cpu_ms_per_key: number;
}

const SEAL_MS = 60;
const HUNDRED_S = 3;
const SECONDS_PER_KEY = 0.03;
const CPU_MS_PER_KEY = 50;
const BUNDLE_KB = 40;
const ASKED = 100;

/** Every target that a run missed, in words; none when it is good. A figure that is not a number misses. */
export function missedTargets(figures: KeyFigures): string[] {
  const { open, many } = figures;
  const cpu = figures.client_cpu_ms_per_key + figures.keepers_cpu_ms_per_key;
  const limits: [string, number, number][] = [
    ['open p50 of the light client against the genuine SDK, ms', open.light_p50_ms, open.sdk_p50_ms],
    ['seal, ms', figures.seal_ms, SEAL_MS],
    ['100 contributors, s', figures.keys100_s, HUNDRED_S],
    ['keys asked for 100 contributors', figures.keysAsked100, ASKED],
    [`${many.contributors} contributors, s`, many.seconds, many.contributors * SECONDS_PER_KEY],
    ['CPU of client and keepers for a key, ms', cpu, CPU_MS_PER_KEY],
    ['light client, KB gzip', figures.bundle_gzip_kb, BUNDLE_KB],
  ];
  return limits.flatMap(([what, found, most]) => (found <= most ? [] : [`${what}: ${found}, at most ${most}`]));
}
