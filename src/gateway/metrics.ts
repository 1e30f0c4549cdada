import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type Metrics = ReturnType<typeof createMetrics>;

/** Every metric of the gateway, in Prometheus' naming; `docs/operating.md` says which ones to alert on. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    httpSeconds: new Histogram({
      name: 'skinrail_http_request_seconds',
      help: 'Time from request to answer',
      labelNames: ['route', 'status'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers,
    }),
    supplierCalls: new Counter({
      name: 'skinrail_supplier_calls_total',
      help: 'Calls to suppliers by outcome',
      labelNames: ['supplier', 'call', 'outcome'],
      registers,
    }),
    ...marketMetrics(registers),
    ...liveMetrics(registers),
    ...freezeMetrics(registers),
    itemEvents: new Counter({
      name: 'skinrail_item_events_total',
      help: 'Steps of items through their states',
      labelNames: ['event', 'to'],
      registers,
    }),
    approvals: new Counter({
      name: 'skinrail_approvals_total',
      help: 'Questions whether to buy, by how they ended',
      labelNames: ['state'],
      registers,
    }),
    cancellations: new Counter({
      name: 'skinrail_cancellations_total',
      help: 'Cancellation requests by the state they reached',
      labelNames: ['state'],
      registers,
    }),
    callbacks: new Counter({
      name: 'skinrail_callback_attempts_total',
      help: 'Attempts to deliver a callback',
      labelNames: ['outcome'],
      registers,
    }),
    callbacksOff: new Gauge({
      name: 'skinrail_callbacks_off_merchants',
      help: 'Merchants whose callbacks are switched off',
      registers,
    }),
    unrecognisedWords: new Counter({
      name: 'skinrail_supplier_words_unrecognised_total',
      help: 'Status words of suppliers that are unknown or contradict what is known; somebody must look',
      labelNames: ['supplier'],
      registers,
    }),
    oldestUnknownSeconds: new Gauge({
      name: 'skinrail_oldest_unknown_seconds',
      help: 'Age of the oldest purchase or cancellation without a clear answer',
      labelNames: ['kind'],
      registers,
    }),
    verifyBrokenRules: new Gauge({
      name: 'skinrail_verify_broken_rules',
      help: 'Rules that the last whole proof of the database found broken; the log names the rows',
      registers,
    }),
    verifyLastSuccess: new Gauge({
      name: 'skinrail_verify_last_success_timestamp_seconds',
      help: 'When the database was last proved with nothing broken; 0: never',
      registers,
    }),
    verifyDuration: new Gauge({
      name: 'skinrail_verify_duration_seconds',
      help: 'How long the last whole proof of the database took, with its rests',
      registers,
    }),
    ...databaseMetrics(registers),
    ...backlogMetrics(registers),
  };
}

function backlogMetrics(registers: Registry[]) {
  return {
    backlogMeasured: hiddenUntilSet(
      new Gauge({
        name: 'skinrail_backlog_measured_timestamp_seconds',
        help: 'When skinrail_due_rows, skinrail_oldest_unknown_seconds and skinrail_callbacks_off_merchants were last measured',
        registers,
      }),
    ),
    backlog: new Gauge({
      name: 'skinrail_due_rows',
      help: 'Rows whose time has come and that no worker has taken yet',
      labelNames: ['kind'],
      registers,
    }),
  };
}

function databaseMetrics(registers: Registry[]) {
  return {
    databaseUp: new Gauge({
      name: 'skinrail_database_up',
      help: '1 while this node reaches a database that takes writes; 0 since it could not',
      registers,
    }),
  };
}

/** Without labels, a gauge that was never set would show 0. */
function hiddenUntilSet(gauge: Gauge): Gauge {
  gauge.remove();
  return gauge;
}

function marketMetrics(registers: Registry[]) {
  return {
    feedRead: new Gauge({
      name: 'skinrail_market_feed_timestamp_seconds',
      help: 'When the newest feed that was read of a supplier was asked for',
      labelNames: ['supplier'],
      registers,
    }),
    feedListings: new Gauge({
      name: 'skinrail_market_listings',
      help: 'Listings of a supplier that merchants are shown',
      labelNames: ['supplier'],
      registers,
    }),
  };
}

function liveMetrics(registers: Registry[]) {
  return {
    liveSockets: new Gauge({
      name: 'skinrail_live_sockets',
      help: 'Sockets that this node has let in to the live feed',
      registers,
    }),
    liveEvents: new Counter({
      name: 'skinrail_live_events_total',
      help: 'Events that this node has told on the live feed',
      labelNames: ['event'],
      registers,
    }),
  };
}

function freezeMetrics(registers: Registry[]) {
  return {
    freezes: new Gauge({
      name: 'skinrail_freezes',
      help: 'Freezes of buying that are in force; skinrail freeze list shows them',
      labelNames: ['scope'],
      registers,
    }),
    frozenItems: new Gauge({
      name: 'skinrail_frozen_items',
      help: 'Items that wait because buying is frozen or their merchant is disabled',
      registers,
    }),
  };
}
