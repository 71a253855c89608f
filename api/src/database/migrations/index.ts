import { Foundation1764000000000 } from './1764000000000-foundation.ts';
import { Accounts1764000001000 } from './1764000001000-accounts.ts';
import { Access1764000002000 } from './1764000002000-access.ts';
import { Contributions1764000003000 } from './1764000003000-contributions.ts';
import { Datasets1764000004000 } from './1764000004000-datasets.ts';
import { Payouts1764000005000 } from './1764000005000-payouts.ts';
import { Licensing1764000006000 } from './1764000006000-licensing.ts';
import { Labeling1764000007000 } from './1764000007000-labeling.ts';
import { ClaimedLeases1764000008000 } from './1764000008000-claimed-leases.ts';
import { RelayedConfirmed1764000009000 } from './1764000009000-relayed-confirmed.ts';
import { KeyFiles1764000020000 } from './1764000020000-key-files.ts';
import { ConsentExtensions1764000021000 } from './1764000021000-consent-extensions.ts';
import { LabelingAppeals1764000025000 } from './1764000025000-labeling-appeals.ts';
import { Blocks1764000030000 } from './1764000030000-blocks.ts';
import { PendingAnnotations1764000031000 } from './1764000031000-pending-annotations.ts';
import { Rewraps1764000040000 } from './1764000040000-rewraps.ts';
import { OldBlocks1764000041000 } from './1764000041000-old-blocks.ts';
import { LabelingLooks1764000041000 } from './1764000041000-labeling-looks.ts';
import { OwnerKeys1764000042000 } from './1764000042000-owner-keys.ts';

/** Every migration, oldest first; TypeORM orders them by the timestamp in the class name. */
export const migrations = [
  Foundation1764000000000,
  Accounts1764000001000,
  Access1764000002000,
  Contributions1764000003000,
  Datasets1764000004000,
  Payouts1764000005000,
  Licensing1764000006000,
  Labeling1764000007000,
  ClaimedLeases1764000008000,
  RelayedConfirmed1764000009000,
  KeyFiles1764000020000,
  ConsentExtensions1764000021000,
  LabelingAppeals1764000025000,
  Blocks1764000030000,
  PendingAnnotations1764000031000,
  Rewraps1764000040000,
  OldBlocks1764000041000,
  LabelingLooks1764000041000,
  OwnerKeys1764000042000,
];
