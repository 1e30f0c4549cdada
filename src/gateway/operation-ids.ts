/** The OpenAPI operation id of each method and route. A test fails for a route without an id. */
export const operationIds: Readonly<Record<string, string>> = {
  'POST /auth/authenticate-client': 'authenticateClient',
  'POST /secure/check-tradeurl': 'checkTradeUrl',

  'GET /secure/prices': 'listPrices',
  'GET /secure/market': 'browseMarket',
  'GET /secure/market/item': 'listListings',
  'GET /client/market': 'browseMarketAsClient',
  'GET /client/market/item': 'listListingsAsClient',
  'GET /client/market/suggestions': 'suggestItems',

  'POST /secure/buy': 'buy',
  'POST /secure/buy/quick': 'quickBuy',
  'GET /secure/trades': 'listTrades',
  'GET /secure/trades/:tradeId': 'getTrades',
  'POST /client/trading/withdraw': 'withdraw',
  'POST /client/trading/withdraw/quick': 'quickWithdraw',
  'GET /client/trades': 'listTradesAsClient',

  'POST /secure/buy/:tradeId/cancel': 'cancelTrade',
  'POST /secure/buy/:tradeId/items/:itemId/cancel': 'cancelItem',
  'POST /client/trading/withdraw/:tradeId/cancel': 'cancelTradeAsClient',
  'POST /client/trading/withdraw/:tradeId/items/:itemId/cancel': 'cancelItemAsClient',

  'GET /v1/clients/limits': 'getClientLimits',
  'PUT /v1/clients/limits': 'setClientLimits',

  'GET /v1/wallets/me/balance': 'getBalance',
  'GET /v1/wallets/me/entries': 'listEntries',
  'GET /v1/ledger/transactions': 'listTransactions',
  'GET /v1/ledger/transactions/:transactionId': 'getTransaction',

  'GET /v1/callbacks/url': 'getCallbackUrl',
  'PUT /v1/callbacks/url': 'setCallbackUrl',
  'POST /v1/callbacks/test': 'testCallback',
  'POST /v1/callbacks/url/enable': 'enableCallbackUrl',
  'GET /v1/callbacks/deliveries': 'listCallbacks',
  'GET /v1/callbacks/deliveries/:deliveryId': 'getCallback',
  'POST /v1/callbacks/deliveries/:deliveryId/replay': 'replayCallback',
  'POST /v1/callbacks/replay': 'replayCallbacks',
  'GET /v1/events': 'listEvents',

  'GET /health': 'getHealth',
  'GET /health/ready': 'getReadiness',
  'GET /health/live': 'getLiveness',
  'GET /metrics': 'getMetrics',

  'GET /sandbox/clock': 'getClock',
  'POST /sandbox/clock': 'moveClock',
  'GET /sandbox/listings': 'listTestListings',
  'GET /sandbox/callbacks': 'listDemoCallbacks',
  'GET /sandbox/shop': 'getDemoShop',
  'POST /sandbox/shop': 'setDemoShop',
};
