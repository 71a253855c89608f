/** An item as `contribute` takes it, after all privacy filters. `metadata` is public. */
export interface CollectedItem {
  bytes: Uint8Array<ArrayBuffer>;
  mediaType: string;
  metadata: Record<string, unknown>;
}
