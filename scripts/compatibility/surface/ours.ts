/** What this gateway has beyond the public API, by operation; each with why. */

export const ourOperations: Readonly<Record<string, string>> = {
  'GET /v1/wallets/me/entries': 'every movement of the wallet, which the ledger of the public API leaves out',
  'GET /v1/clients/limits': 'to limit what your clients may do',
  'PUT /v1/clients/limits': 'to limit what your clients may do',
  'GET /v1/callbacks/url': 'the public API has a dashboard for it',
  'PUT /v1/callbacks/url': 'the public API has a dashboard for it',
  'POST /v1/callbacks/test': 'to find a wrong API secret before it rejects the first purchase',
  'POST /v1/callbacks/url/enable': 'to switch callbacks on again',
  'GET /v1/callbacks/deliveries': 'the state of each callback',
  'GET /v1/callbacks/deliveries/{deliveryId}': 'one callback with its attempts',
  'POST /v1/callbacks/deliveries/{deliveryId}/replay': 'to send one callback again',
  'POST /v1/callbacks/replay': 'to send the failed callbacks of a time again',
  'GET /health/live': 'whether the process works, or should be restarted',
  'GET /health/ready': 'whether requests can be served, as /health',
  'GET /v1/events': 'every event in order, without gaps',
  'GET /metrics': 'for the operator’s monitoring',
  'GET /sandbox/clock': 'sandbox only',
  'POST /sandbox/clock': 'sandbox only',
  'GET /sandbox/listings': 'sandbox only',
  'GET /sandbox/callbacks': 'sandbox only',
  'GET /sandbox/shop': 'sandbox only',
  'POST /sandbox/shop': 'sandbox only',
};

/** Parameters of operations that the public API has, which it has not. */
export const ourParameters: Readonly<Record<string, Readonly<Record<string, string>>>> = {};

export const ourErrors: Readonly<Record<string, string>> = {
  PAYLOAD_TOO_LARGE: 'the public API states nothing for a request that is too large',
  METHOD_NOT_ALLOWED: 'the public API states nothing for a method that a path does not support',
  UNSUPPORTED_MEDIA_TYPE: 'the public API states nothing for a body of another type',
  NOT_SIGNED_IN: 'the operator API has sessions',
  SIGN_IN_FAILED: 'of the operator API',
  SECOND_FACTOR_REQUIRED: 'of the operator API',
  PERMISSION_DENIED: 'of the operator API, which has roles',
  CROSS_SITE_REQUEST: 'of the operator API, which browsers use with a cookie',
  LINK_NOT_VALID: 'of the operator API',
  REFUSED: 'of the operator API, whose `message` says why',
  CLIENT_LIMIT_REACHED: 'the public API limits clients for crypto only',
  CALLBACK_NOT_FOUND: 'for the routes about callbacks',
};
