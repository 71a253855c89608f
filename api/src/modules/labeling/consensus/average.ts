/** Mean of several posteriors of the same shape: where their errors differ, they cancel. */
export function averagePosterior(posteriors: readonly Float64Array[]): Float64Array {
  const [first] = posteriors;
  if (!first) throw new Error('an average needs at least one posterior');
  const mean = new Float64Array(first.length);
  for (const posterior of posteriors) {
    if (posterior.length !== mean.length) throw new Error('posteriors of different shapes cannot be averaged');
    for (let i = 0; i < mean.length; i += 1) mean[i]! += posterior[i]!;
  }
  return mean.map((sum) => sum / posteriors.length);
}
