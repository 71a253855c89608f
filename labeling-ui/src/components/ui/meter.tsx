/** A thin bar from 0 to 1; the number stands beside it in text, so it is hidden from screen readers. */
export function Meter({ share }: { share: number }) {
  const percent = Math.max(0, Math.min(1, Number.isFinite(share) ? share : 0)) * 100;
  return (
    <svg className="meter" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      <rect className="track" width="100" height="4" />
      <rect className="fill" width={percent} height="4" />
    </svg>
  );
}
