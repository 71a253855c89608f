import type { ReactNode } from 'react';

interface NoticeProps {
  tone: 'info' | 'warning' | 'bad' | 'good';
  title?: string;
  children?: ReactNode;
  /** Spoken at once instead of when the reader comes by. */
  urgent?: boolean;
}

export function Notice({ tone, title, children, urgent = false }: NoticeProps) {
  return (
    <div className={`notice ${tone}`} role={urgent ? 'alert' : 'status'}>
      {title === undefined ? null : <strong>{title}</strong>}
      {children}
    </div>
  );
}
