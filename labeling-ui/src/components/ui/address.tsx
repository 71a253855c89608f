import { useState } from 'react';
import { shorten } from '../../lib/address.ts';
import { strings } from '../../lib/strings.ts';

/** A shortened account or hash with the whole value in its title, and a button that copies it. */
export function Address({ value, what }: { value: string; what: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    setCopied(true);
    setTimeout(() => setCopied(false), 1_500);
  };
  return (
    <span className="address">
      <code title={value}>{shorten(value)}</code>
      <button type="button" className="quiet small" aria-label={strings.copy.copy(what)} onClick={() => void copy()}>
        {copied ? strings.copy.copied : <CopyMark />}
      </button>
    </span>
  );
}

function CopyMark() {
  return (
    <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <path
        d="M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.4"
        strokeLinejoin="round"
      />
    </svg>
  );
}
