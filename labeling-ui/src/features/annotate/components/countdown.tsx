import { useNow } from '../../../hooks/use-now.ts';
import { formatCountdown } from '../../../lib/time.ts';

const URGENT_SECONDS = 30;

/** Time left until a moment in unix seconds. Only the last seconds change its look, and none is announced. */
export function Countdown({ until }: { until: number }) {
  const seconds = until - useNow(500) / 1000;
  return (
    <time className={seconds < URGENT_SECONDS ? 'countdown urgent' : 'countdown'} role="timer" aria-live="off">
      {formatCountdown(seconds)}
    </time>
  );
}
