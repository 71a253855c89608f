/** What the labeler has on the table. Plain data: no React, no network, no clock. */
export interface Item {
  assignmentId: string;
  mediaType: string;
  bytes: Uint8Array;
  labels: string[];
  /** Base units of the payment token. */
  price: string;
  /** Unix seconds. */
  deadline: number;
  /** Unix seconds. */
  autoApproveAt: number;
}

export interface AnnotationDocument {
  current: Item | null;
  /** Opened ahead of time, in the order in which they will be shown. */
  ready: readonly Item[];
}

export const emptyDocument: AnnotationDocument = { current: null, ready: [] };

export function holds(document: AnnotationDocument, assignmentId: string): boolean {
  return (
    document.current?.assignmentId === assignmentId || document.ready.some((item) => item.assignmentId === assignmentId)
  );
}

/** Puts a newly opened item on the table, or behind the others; an item that is already there changes nothing. */
export function receive(document: AnnotationDocument, item: Item): AnnotationDocument {
  if (holds(document, item.assignmentId)) return document;
  return document.current === null ? { ...document, current: item } : { ...document, ready: [...document.ready, item] };
}

export function advance(document: AnnotationDocument): AnnotationDocument {
  const [next = null, ...rest] = document.ready;
  return { current: next, ready: rest };
}

/** Brings an item back to the table; what lay there waits behind it. */
export function putBack(document: AnnotationDocument, item: Item): AnnotationDocument {
  if (holds(document, item.assignmentId)) return document;
  return { current: item, ready: document.current === null ? document.ready : [document.current, ...document.ready] };
}

/** Takes away what can no longer be answered in time. */
export function dropExpired(document: AnnotationDocument, nowSeconds: number): AnnotationDocument {
  const alive = (item: Item) => item.deadline > nowSeconds;
  const ready = document.ready.filter(alive);
  if (document.current !== null && !alive(document.current)) return advance({ ...document, ready });
  return ready.length === document.ready.length ? document : { ...document, ready };
}
