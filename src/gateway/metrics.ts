import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const LOOP_LOOK_EVERY_MS = 100;

export type Metrics = ReturnType<typeof createMetrics>;

/** Every metric of the gateway, in Prometheus' naming; `docs/reference/metrics.md` is made of it. */
export function createMetrics() {
  const registry = new Registry();
  // Every 10 ms, as is usual, would wake a gateway at rest a hundred times a second; what holds the loop for longer is seen.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOP_LOOK_EVERY_MS });
  const registers = [registry];
  return {
    registry,
    httpSeconds: new Histogram({
      name: 'skinrail_http_request_seconds',
      help: 'Time from receiving a request to answering it',
      labelNames: ['route', 'status'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers,
    }),
    ...supplierMetrics(registers),
    ...healthMetrics(registers),
    ...marketMetrics(registers),
    ...liveMetrics(registers),
    ...freezeMetrics(registers),
    itemEvents: new Counter({
      name: 'skinrail_item_events_total',
      help: 'Steps of items from state to state, by event and new state',
      labelNames: ['event', 'to'],
      registers,
    }),
    approvals: new Counter({
      name: 'skinrail_approvals_total',
      help: 'Approval requests by their end: approved, rejected, timed_out',
      labelNames: ['state'],
      registers,
    }),
    cancellations: new Counter({
      name: 'skinrail_cancellations_total',
      help: 'Cancellation requests by the state that they reached',
      labelNames: ['state'],
      registers,
    }),
    callbacks: new Counter({
      name: 'skinrail_callback_attempts_total',
      help: 'Callback attempts: delivered or failed',
      labelNames: ['outcome'],
      registers,
    }),
    callbacksOff: new Gauge({
      name: 'skinrail_callbacks_off_merchants',
      help: 'Merchants whose callbacks are switched off; measured over the whole database',
      registers,
    }),
    oldestUnknownSeconds: new Gauge({
      name: 'skinrail_oldest_unknown_seconds',
      help: 'Age of the oldest purchase or cancellation whose outcome is unknown; measured over the whole database',
      labelNames: ['kind'],
      registers,
    }),
    verifyBrokenRules: new Gauge({
      name: 'skinrail_verify_broken_rules',
      help: 'Rules that the last scheduled verify run found broken; the log names the rows',
      registers,
    }),
    verifyLastSuccess: new Gauge({
      name: 'skinrail_verify_last_success_timestamp_seconds',
      help: 'When a scheduled verify run last found nothing broken; 0: never',
      registers,
    }),
    verifyDuration: new Gauge({
      name: 'skinrail_verify_duration_seconds',
      help: 'Duration of the last scheduled verify run, pauses included',
      registers,
    }),
    ...reconcileMetrics(registers),
    ...databaseMetrics(registers),
    ...backlogMetrics(registers),
  };
}

function supplierMetrics(registers: Registry[]) {
  return {
    supplierCalls: new Counter({
      name: 'skinrail_supplier_calls_total',
      help: 'Calls to suppliers: listing, feed, buy, find, cancel, balance, history and check, of a trade URL; outcome unknown means no clear answer, held that the call was not sent, because the account had used up its calls or its supplier wanted a pause',
      labelNames: ['supplier', 'call', 'outcome'],
      registers,
    }),
    supplierCallsHeld: new Counter({
      name: 'skinrail_supplier_calls_held_total',
      help: 'Calls to suppliers that had to wait, or were not sent, because the account had used up its calls or its supplier wanted a pause',
      labelNames: ['supplier', 'call'],
      registers,
    }),
    supplierConnected: new Gauge({
      name: 'skinrail_supplier_connected',
      help: '1 while this node holds the connection over which a supplier pushes changes of orders, else 0; the sum over all nodes is at most 1, and 0 while the supplier cannot be connected or is paused',
      labelNames: ['supplier'],
      registers,
    }),
    supplierHints: new Counter({
      name: 'skinrail_supplier_hints_total',
      help: 'Pushes of suppliers that made this node look orders up at once, over HTTP or a connection',
      labelNames: ['supplier'],
      registers,
    }),
    unrecognisedWords: new Counter({
      name: 'skinrail_supplier_words_unrecognised_total',
      help: 'Order statuses and answers of suppliers that are unknown or contradict what is known; an operator must check them',
      labelNames: ['supplier'],
      registers,
    }),
    supplierFaults: new Counter({
      name: 'skinrail_supplier_faults_total',
      help: 'Purchases that failed or stayed unknown because of the account: `balance`, it has too little money; `misconfigured`, its key or address is refused',
      labelNames: ['supplier', 'fault'],
      registers,
    }),
    supplierBalance: new Gauge({
      name: 'skinrail_supplier_balance_dollars',
      help: 'What is left to spend at a supplier that says it, read once a minute; absent while the account’s key is refused',
      labelNames: ['supplier'],
      registers,
    }),
  };
}

function reconcileMetrics(registers: Registry[]) {
  return {
    reconcileDifferences: new Gauge({
      name: 'skinrail_reconcile_differences',
      help: 'Differences between a supplier’s own list of orders and our purchases that the last scheduled runs found; absent: not compared yet',
      labelNames: ['supplier', 'kind'],
      registers,
    }),
    reconcileLastSuccess: new Gauge({
      name: 'skinrail_reconcile_last_success_timestamp_seconds',
      help: 'When a scheduled run last compared all orders of a supplier, whether it found differences or not; 0: never',
      labelNames: ['supplier'],
      registers,
    }),
  };
}

function healthMetrics(registers: Registry[]) {
  return {
    supplierCircuit: new Gauge({
      name: 'skinrail_supplier_circuit_open',
      help: '1 while purchases at a supplier fail, so that its listings are not offered or are on trial; else 0',
      labelNames: ['supplier'],
      registers,
    }),
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
      help: 'Rows that are due and that no worker has claimed, without what is frozen: purchase, cancellation, callback, approval, quick-buy, auto-cancel; measured over the whole database',
      labelNames: ['kind'],
      registers,
    }),
  };
}

function databaseMetrics(registers: Registry[]) {
  return {
    databaseUp: new Gauge({
      name: 'skinrail_database_up',
      help: '1 while this node reaches a database that accepts writes, else 0',
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
      help: 'When the newest feed of a supplier that this node shows was requested, by this node or by the one that reads for all',
      labelNames: ['supplier'],
      registers,
    }),
    feedReader: new Gauge({
      name: 'skinrail_market_feed_reader',
      help: '1 while this node reads the feed of a supplier, 0 while another node reads it for all',
      labelNames: ['supplier'],
      registers,
    }),
    feedEvery: new Gauge({
      name: 'skinrail_market_feed_interval_seconds',
      help: 'The pause between two reads of a supplier’s feed, reading time not included',
      labelNames: ['supplier'],
      registers,
    }),
    feedListings: new Gauge({
      name: 'skinrail_market_listings',
      help: 'Listings of a supplier that this node shows to merchants',
      labelNames: ['supplier'],
      registers,
    }),
  };
}

function liveMetrics(registers: Registry[]) {
  return {
    liveSockets: new Gauge({
      name: 'skinrail_live_sockets',
      help: 'Authenticated live feed sockets of this node',
      registers,
    }),
    liveEvents: new Counter({
      name: 'skinrail_live_events_total',
      help: 'Live feed events that this node has sent: trade or market',
      labelNames: ['event'],
      registers,
    }),
  };
}

function freezeMetrics(registers: Registry[]) {
  return {
    freezes: new Gauge({
      name: 'skinrail_freezes',
      help: 'Freezes in force: all, merchant, supplier; skinrail freeze list shows them',
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
