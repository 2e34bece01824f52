/**
 * The one catalogue of faults. Every code stands in docs/errors.md with what happened, why and what to do;
 * `npm run check` fails when the two differ. An expected refusal is a returned value, not one of these.
 */
export const ERROR_CODES = {
  BACKUP_DAMAGED: 422,
  BACKUP_FAILED: 500,
  BACKUP_KEY_WRONG: 403,
  BACKUP_TOO_NEW: 422,
  BRIDGE_MEMORY_UNUSABLE: 500,
  CONFIG_INVALID: 400,
  DATABASE_BINARIES_MISSING: 500,
  DATABASE_NEWER: 500,
  DATABASE_IN_USE: 409,
  DATABASE_NOT_EMPTY: 409,
  DATABASE_RIGHTS_MISSING: 500,
  DATABASE_START_FAILED: 500,
  DATABASE_UNREACHABLE: 503,
  DATABASE_VERSION_MISMATCH: 500,
  DATA_DIR_IN_USE: 500,
  DATA_DIR_UNUSABLE: 500,
  PORT_IN_USE: 500,
  REDIS_UNREACHABLE: 503,
  REDIS_UNSAFE: 500,
  SECRET_MISMATCH: 500,
  BAD_REQUEST: 400,
  NOT_SIGNED_IN: 401,
  LINK_INVALID: 401,
  SIGN_IN_REFUSED: 401,
  NOT_ALLOWED: 403,
  SIGNATURE_INVALID: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  CONFLICT: 409,
  BODY_TOO_LARGE: 413,
  MEDIA_TYPE_UNSUPPORTED: 415,
  PACT_INVALID: 422,
  REGISTER_INVALID: 422,
  TOO_MANY_REQUESTS: 429,
  PROVIDER_UNREACHABLE: 502,
  BRIDGE_AWAY: 503,
  INTERNAL: 500,
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/**
 * A fault with a stable code. `message` says what happened, `hint` what to do; neither ever carries
 * personal data or a secret, because both reach logs and screens.
 */
export class PactError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: unknown;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; hint?: string; details?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PactError';
    this.code = code;
    this.hint = options.hint;
    this.details = options.details;
  }

  get status(): number {
    return ERROR_CODES[this.code];
  }
}

/** The message of anything thrown, for a log line. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
