import { strings } from '../../lib/strings.ts';

export function Loading({ text = strings.loading }: { text?: string }) {
  return (
    <p className="loading" role="status">
      <span className="spinner" aria-hidden="true" />
      {text}
    </p>
  );
}
