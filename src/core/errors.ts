/**
 * The catalogue of all errors that a caller can get. A test compares `docs/reference/errors.md` with it.
 * Keys, codes and statuses are those of the public API; `ours` marks additions.
 */
export const catalogue = {
  EXTERNAL_ID_EXISTS: row(1, 409, 'A trade with this externalId already exists.'),
  PRICE_CHANGED: row(11, 409, 'An item now costs more than the request allows.'),
  MERCHANT_BALANCE_LOW: row(12, 400, 'The wallet does not cover the total price.'),
  LISTING_NOT_FOUND: row(15, 404, 'This listing is not on sale.'),
  INVALID_LISTING_ID: row(17, 400, 'The listing ID is not valid for this game.'),
  TRADE_NOT_FOUND: row(21, 404, 'There is no trade with this id or externalId.'),
  TRADE_CANCEL_TOO_SOON: row(27, 400, 'An item can be cancelled 30 minutes after it was created.'),
  TRADE_NOT_CANCELLABLE: row(28, 400, 'This item cannot be cancelled.'),
  INSUFFICIENT_STOCK: row(34, 409, 'This item is not on sale at that price.', 'ours'),
  TRADE_CANCEL_UNSUPPORTED: row(44, 400, 'The marketplaces of this trade’s items do not support cancellation.', 'ours'),
  VALIDATION_FAILED: row(1001, 400, 'The request is not valid.'),
  NOT_FOUND: row(1003, 404, 'This path does not exist.'),
  METHOD_NOT_ALLOWED: row(
    1014,
    405,
    'This path does not support this method. The Allow header lists the methods that it supports.',
    'ours',
  ),
  RATE_LIMITED: row(1005, 429, 'Too many requests for this route. Retry after the time in Retry-After.'),
  SERVER_ERROR: row(1006, 500, 'Something went wrong on our side. Quote the requestId to support.'),
  SERVICE_UNAVAILABLE: row(1009, 503, 'The service could not confirm the result. Retry later.'),
  PAYLOAD_TOO_LARGE: row(1012, 413, 'The request is too large.', 'ours'),
  UNSUPPORTED_MEDIA_TYPE: row(1013, 415, 'The body must be application/json.', 'ours'),
  INVALID_TOKEN: row(1102, 401, 'This client token is not valid or has expired.'),
  MISSING_BEARER: row(1108, 401, 'The Authorization header with a client token is missing.'),
  NO_API_SECRET_CONFIGURED: row(
    1120,
    400,
    'This account has no API secret, so tokens cannot be signed. Ask the operator for one.',
    'ours',
  ),
  FORBIDDEN: row(1300, 403, 'This trade does not belong to the caller.'),
  ACCOUNT_DISABLED: row(1301, 403, 'This merchant account is disabled.'),
  MERCHANT_NO_CALLBACK_URL: row(
    1701,
    400,
    'This account has no callback URL, so purchases cannot be approved. Set a callback URL.',
    'ours',
  ),
  MERCHANT_NO_API_SECRET: row(
    1702,
    400,
    'This account has no API secret, so purchases cannot be approved. Ask the operator for one.',
    'ours',
  ),
  MERCHANT_CALLBACK_URL_DISABLED: row(
    1703,
    400,
    'The callback URL is switched off, so purchases cannot be approved. Switch it on again.',
    'ours',
  ),
  CALLBACK_URL_TEST_FAILED: row(1704, 400, 'The URL did not accept the test message and was not saved.', 'ours'),
  CALLBACK_NOT_FOUND: row(1710, 404, 'There is no callback with this id.', 'ours'),
  MISSING_API_KEY: row(1900, 401, 'The api-key header is missing.'),
  INVALID_API_KEY: row(1901, 401, 'This API key is not known.'),
  API_KEY_REVOKED: row(1902, 401, 'This API key has been revoked.'),
  INSUFFICIENT_SCOPE: row(1903, 403, 'This API key does not have the scope that this route needs.'),
  API_KEY_IP_DENIED: row(1904, 403, 'This API key may not be used from this IP address.', 'ours'),
  NOT_SIGNED_IN: row(1950, 401, 'Sign in first.', 'ours'),
  SIGN_IN_FAILED: row(
    1951,
    401,
    'The e-mail address, password or code is wrong, or wrong ones have locked the account for some minutes.',
    'ours',
  ),
  SECOND_FACTOR_REQUIRED: row(
    1952,
    401,
    'The password is right. Send the code of your authenticator app as well.',
    'ours',
  ),
  PERMISSION_DENIED: row(1953, 403, 'Your role does not allow this.', 'ours'),
  CROSS_SITE_REQUEST: row(1954, 403, 'This request came from another site, or does not say from where.', 'ours'),
  LINK_NOT_VALID: row(1955, 400, 'This link was used before or has expired. Ask for a new one.', 'ours'),
  REFUSED: row(1956, 409, 'This cannot be done as things stand.', 'ours'),
  CLIENT_LIMIT_REACHED: row(2101, 403, 'This withdrawal would exceed a limit for clients.', 'ours'),
  ITEM_NOT_FOUND: row(2201, 404, 'There is no such trade, or no such item in it.'),
} as const satisfies Record<string, CatalogueRow>;

export type ErrorKey = keyof typeof catalogue;

export interface CatalogueRow {
  readonly code: number;
  readonly status: number;
  readonly text: string;
  readonly origin: 'public' | 'ours';
}

/** The parts of an error besides key, code and text. */
export interface ErrorContext {
  readonly message?: string | string[];
  readonly fields?: Readonly<Record<string, string>>;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds?: number;
}

/** An error of the API. Any other thrown error becomes SERVER_ERROR, and its message is only logged. */
export class ApiError extends Error {
  readonly key: ErrorKey;
  readonly context: ErrorContext;

  constructor(key: ErrorKey, context: ErrorContext = {}) {
    super(catalogue[key].text);
    this.name = 'ApiError';
    this.key = key;
    this.context = context;
  }
}

/** A fault that only the operator can fix. The caller gets 503 with Retry-After; the fault is logged. */
export class ConfigurationFault extends ApiError {
  constructor(fault: string) {
    super('SERVICE_UNAVAILABLE', {
      message: 'This cannot be done at the moment, and nothing was changed. Retry later, or report the requestId.',
      retryAfterSeconds: FAULT_RETRY_AFTER_SECONDS,
    });
    this.name = 'ConfigurationFault';
    this.message = fault;
  }
}

/** Longer than for an outage, because an operator must act first. */
const FAULT_RETRY_AFTER_SECONDS = 60;

/** Spreads retries after an outage without delaying callers for long. */
export const OUTAGE_RETRY_AFTER_SECONDS = 5;

const FIELDS_MAX = 20;
const FIELDS_IN_MESSAGE_MAX = 5;

/** Constructors of errors. */
export const errors = {
  of: (key: ErrorKey, context?: ErrorContext) => new ApiError(key, context),

  /** `fields`: dotted path → reason, at most 20; the message names the first five. */
  validationFailed: (fields: Record<string, string>) => {
    const entries = Object.entries(fields).slice(0, FIELDS_MAX);
    const message = entries.slice(0, FIELDS_IN_MESSAGE_MAX).map(([path, reason]) => `${path}: ${reason}`);
    return new ApiError('VALIDATION_FAILED', { fields: Object.fromEntries(entries), message });
  },

  /** @param scope on client routes, whether the limit of one client or of all clients is reached */
  rateLimited: (retryAfterSeconds: number, scope?: 'client' | 'allClients') =>
    new ApiError('RATE_LIMITED', { retryAfterSeconds, ...(scope ? { details: { scope } } : {}) }),

  tooManyInvalid: (retryAfterSeconds: number) =>
    new ApiError('RATE_LIMITED', {
      retryAfterSeconds,
      message: 'Too many requests without a valid key or token from this address. Retry after the time in Retry-After.',
    }),
};

function row(code: number, status: number, text: string, origin: CatalogueRow['origin'] = 'public'): CatalogueRow {
  return { code, status, text, origin };
}
