/** Leases that one raise covers, and the rest at which the next raise is asked. */
const LEASES_PER_RAISE = 128n;
const LEASES_LEFT = 64n;

/** The amount to raise the reserve to, or null when enough is asked for. Never above the budget, never down. */
export function nextReserve(job: { price: bigint; budget: bigint; committed: bigint; asked: bigint }): bigint | null {
  if (job.asked - job.committed >= job.price * LEASES_LEFT) return null;
  const wanted = job.committed + job.price * LEASES_PER_RAISE;
  const amount = wanted < job.budget ? wanted : job.budget;
  return amount > job.asked ? amount : null;
}
