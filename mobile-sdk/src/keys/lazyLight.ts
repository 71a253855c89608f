import type { KeyGate } from './key-gate.port.ts';
import type { LightKeyGateOptions } from './light.ts';

/**
 * The light key client, loaded when the first key is sealed or opened: its curve is two thirds of what a page that contributes would
 * else load at once. See `createLightKeyGate` of `@allod/sdk/light`, which comes with it.
 */
export function createLightKeyGate(options: LightKeyGateOptions): KeyGate {
  let loading: Promise<KeyGate> | undefined;
  const gate = (): Promise<KeyGate> =>
    (loading ??= import('./light.ts').then(({ createLightKeyGate: create }) => create(options)));
  return {
    networkKey: options.networkKey.toLowerCase(),
    seal: async (key, condition) => (await gate()).seal(key, condition),
    startSession: async (signer, sessionOptions) => (await gate()).startSession(signer, sessionOptions),
    open: async (records, session) => (await gate()).open(records, session),
    health: async () => (await gate()).health(),
    close: async () => (await loading)?.close(),
  };
}
