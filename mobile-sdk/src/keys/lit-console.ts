const LEAK = 'signature from encrypt op: ';

let running = 0;
let original: typeof console.log | undefined;

/**
 * `@lit-protocol/crypto` 7.4.0 prints the combined signature, which is the decryption key, on every decrypt. While
 * `work` runs, exactly that line is dropped; every other line still comes through.
 */
export async function withoutKeyLeak<T>(work: () => Promise<T>): Promise<T> {
  if (running++ === 0) {
    const log = console.log;
    original = log;
    console.log = (...args: unknown[]) => {
      if (args[0] !== LEAK) log.apply(console, args);
    };
  }
  try {
    return await work();
  } finally {
    if (--running === 0) console.log = original!;
  }
}
