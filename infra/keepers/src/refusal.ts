/** Every way a keeper says no. Clients match on `code`; `litCode` is what Lit's SDK reads. */
const REFUSALS = {
  INVALID_REQUEST: [400, 'NodeInvalidRequest'],
  BARE_SIWE: [401, 'NodeInvalidAuthSig'],
  SESSION_INVALID: [401, 'NodeInvalidAuthSig'],
  SESSION_EXPIRED: [401, 'NodeAuthSigExpired'],
  SESSION_NOT_FOR_NODE: [401, 'NodeSessionSigNotForNode'],
  SESSION_SCOPE: [401, 'NodeSessionSigNotForResource'],
  CONDITION_REFUSED: [403, 'NodeConditionNotAccepted'],
  NOT_AUTHORIZED: [401, 'NodeAccessControlConditionsReturnedNotAuthorized'],
  NOT_CONFIRMED: [409, 'NodeAccessControlConditionsCheckFailed'],
  RPC_DISAGREEMENT: [502, 'NodeAccessControlConditionsCheckFailed'],
  RPC_STALE: [502, 'NodeAccessControlConditionsCheckFailed'],
  RPC_FAULT: [502, 'NodeAccessControlConditionsCheckFailed'],
  NOT_READY: [503, 'NodeNotReady'],
  NOT_LISTED: [503, 'NodeNotReady'],
  SET_REFUSED: [503, 'NodeNotReady'],
  SET_UNKNOWN: [503, 'NodeNotReady'],
  RATE_LIMITED: [429, 'NodeRateLimitExceeded'],
  INTERNAL: [500, 'NodeUnknownError'],
} as const satisfies Record<string, readonly [status: number, litCode: string]>;

export type RefusalCode = keyof typeof REFUSALS;

export class Refusal extends Error {
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string = code, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  get status(): number {
    return REFUSALS[this.code][0];
  }

  get litCode(): string {
    return REFUSALS[this.code][1];
  }
}

export function toRefusal(error: unknown): Refusal {
  return error instanceof Refusal ? error : new Refusal('INTERNAL', 'internal error', { cause: error });
}
