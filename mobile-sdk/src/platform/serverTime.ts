import type { Platform } from './ports.ts';

/** A difference in milliseconds below which the device's clock is as good as the server's answer. */
const TOLERANCE = 60_000;

/**
 * The platform with a clock that follows the `Date` of the API's answers, so that a device whose clock is wrong by hours or years
 * signs grants and withdrawals with times that hold. What a lying API could gain is a wrong date in a signature that only it would
 * relay; amounts, purposes and ends of consents come from the caller.
 */
export function withServerTime(platform: Platform, api: string): Platform {
  let offset = 0;
  return {
    ...platform,
    clock: {
      now: () => platform.clock.now() + offset,
      sleep: (ms, signal) => platform.clock.sleep(ms, signal),
    },
    fetch: async (input, init) => {
      const response = await platform.fetch(input, init);
      const date = input.startsWith(`${api}/`) ? Date.parse(response.headers.get('date') ?? '') : NaN;
      if (!Number.isNaN(date)) {
        const difference = date - platform.clock.now();
        offset = Math.abs(difference) > TOLERANCE ? difference : 0;
      }
      return response;
    },
  };
}
