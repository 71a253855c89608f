import { useEffect, useRef } from 'react';
import { useLocation } from 'react-router';
import { strings } from '../lib/strings.ts';

/** Names the page, and after a navigation moves the focus to its heading so that a screen reader starts there. */
export function useTitle(title: string) {
  const heading = useRef<HTMLHeadingElement>(null);
  const navigated = useLocation().key !== 'default';
  useEffect(() => {
    document.title = `${title} · ${strings.product}`;
  }, [title]);
  useEffect(() => {
    if (navigated) heading.current?.focus({ preventScroll: true });
  }, [navigated]);
  return heading;
}
