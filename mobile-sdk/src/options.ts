/** What happens to new items while the queue is full. Every outcome is told as a `queue` event. */
export type WhenFull =
  /** `contribute` and `collect` throw `QUEUE_FULL`; nothing queued is touched. */
  | 'reject'
  /** The oldest batches that are not on their way are dropped, each with a `DROPPED` event that names its items. */
  | 'drop-oldest'
  /** `contribute` and `collect` wait until a batch has left the queue. */
  | 'pause';

export interface QueueOptions {
  /** Most bytes of ciphertext that wait on this device. Default 4 GiB, on React Native 512 MiB. */
  maxBytes: number;
  whenFull: WhenFull;
}

export const defaultQueue: QueueOptions = { maxBytes: 4 * 2 ** 30, whenFull: 'reject' };

/** When the queue may use the network. */
export interface UploadPolicy {
  /** Only over Wi-Fi or a cable. Where the platform cannot tell, nothing is sent. */
  wifiOnly?: boolean;
  /** Only while the device is charging. Where the platform cannot tell, nothing is sent. */
  chargingOnly?: boolean;
  /** At most `bytes` of ciphertext per `seconds`, over any network; at least 1 MiB, the size of one block. */
  dataCap?: { bytes: number; seconds: number };
}
