import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { isThisMachine } from '../config/addresses.ts';
import { type Config, type ConfigFlags, loadConfig } from '../config/config.ts';
import { logOptions } from '../core/log-options.ts';
import { keepHeapSmall } from '../core/small-heap.ts';
import { type Gateway, startGateway } from '../gateway/gateway.ts';
import { openLogStream, waitForOutput } from './log-stream.ts';
import { listenForOperator, type OperatorSocket } from './operator-socket.ts';
import { StopSignals } from './stop-signals.ts';

/** Added to the limits of all stop phases before the process exits without waiting further. */
const STOP_MARGIN_MS = 2000;
/** How long the process may keep running after a failed start. */
const FAILED_START_MAX_MS = 1000;
/** How long the process waits until its last log lines are read. */
const LAST_LINES_MAX_MS = 500;

/**
 * `skinrail serve`: runs a node until a stop signal arrives.
 * @returns the exit code: 0 after an orderly stop
 */
export async function serve(flags: ConfigFlags): Promise<number> {
  keepHeapSmall();
  const config = loadConfig(process.env, flags);
  const log = createLog(config);
  const signals = new StopSignals();
  signals.followNpm();
  let isListening = false;
  const started = start(config, log, () => {
    isListening = true;
  });
  const signal = await Promise.race([signals.first, started.then(() => null)]);
  if (signal && !isListening) return stopBeforeListening(signal, log);
  if (!signal) announce((await started).gateway, log);
  log.info({ signal: await signals.first }, 'stopping');
  const limit = limitStop(config, signals, log);
  // Requests are answered as soon as the server listens, a few seconds before the start is over.
  return stopInOrder(await started, limit, log);
}

interface Running {
  readonly gateway: Gateway;
  readonly operator: OperatorSocket | null;
}

async function start(config: Config, log: Logger, onListening: () => void): Promise<Running> {
  // The folder is locked before the embedded database is opened: a second process would corrupt the database.
  const operator = await listenForOperator(config, log);
  const gateway = await startGateway(config, log, undefined, undefined, onListening).catch(async (error) => {
    await operator?.close();
    // Resources that are still open must not keep the process alive.
    setTimeout(() => process.exit(1), FAILED_START_MAX_MS).unref();
    throw error;
  });
  operator?.attach({ deps: gateway.deps, applied: [] });
  return { gateway, operator };
}

/** No work has started yet, so there is nothing to wait for. The database rolls back an unfinished migration. */
function stopBeforeListening(signal: NodeJS.Signals, log: Logger): never {
  log.info({ signal }, 'stopped during start-up');
  process.exit(0);
}

function createLog(config: Config): Logger {
  const options = {
    level: config.logLevel,
    base: { node: randomUUID().slice(0, 8) },
    ...logOptions,
  };
  return pino(options, openLogStream());
}

/**
 * A second signal, or a stop that exceeds its time limit, ends the process at once. This is safe because all work is
 * recorded in the database.
 * @returns the timer of the limit
 */
function limitStop({ stopTimeoutMs }: Config, signals: StopSignals, log: Logger): NodeJS.Timeout {
  const force = (reason: string) => {
    log.error({ reason }, 'forced stop');
    process.exit(1);
  };
  signals.onSecondSignal(() => force('second signal'));
  return setTimeout(() => force('time limit exceeded'), stopTimeoutMs + STOP_MARGIN_MS).unref();
}

/** @returns 0 when all running work was completed */
async function stopInOrder({ gateway, operator }: Running, limit: NodeJS.Timeout, log: Logger): Promise<number> {
  await operator?.close();
  const isOrderly = await gateway.stop();
  operator?.release();
  clearTimeout(limit);
  log.info({ isOrderly }, 'stopped');
  // An aborted call would keep the process alive until its time-out, and unread output would keep it alive for ever.
  const isRead = await waitForOutput(LAST_LINES_MAX_MS);
  if (!isOrderly || !isRead) process.exit(isOrderly ? 0 : 1);
  return 0;
}

function announce(gateway: Gateway, log: Logger): void {
  const { sandbox, host } = gateway.deps.config;
  if (sandbox && !isThisMachine(host)) {
    log.warn(
      { host },
      'this sandbox can be reached from other machines, which can move its clock; set HOST=127.0.0.1 to prevent this',
    );
  }
  const lines = gateway.sandbox
    ? sandboxLines(gateway, gateway.sandbox)
    : [`skinrail listens at ${gateway.baseUrl}`, ...adminLine(gateway), ...consoleLine(gateway)];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Empty when the operator routes are served on the gateway's own port. */
function adminLine({ baseUrl, adminUrl }: Gateway): string[] {
  return adminUrl === baseUrl ? [] : [`/metrics and /docs are at ${adminUrl}`];
}

function consoleLine(gateway: Gateway): string[] {
  return isConsoleServed(gateway) ? [`the console is at ${gateway.baseUrl}/console`] : [];
}

function isConsoleServed({ deps: { config } }: Gateway): boolean {
  return config.webConsole && config.role !== 'worker';
}

function sandboxLines(gateway: Gateway, sandbox: NonNullable<Gateway['sandbox']>): string[] {
  const { baseUrl } = gateway;
  const file = join(gateway.deps.config.dataDir, 'sandbox.json');
  const key = sandbox.isNewKey ? sandbox.apiKey : `as printed at the first start; it is in ${file}`;
  // The key is printed once; later the examples read it from the file.
  const pasted = sandbox.isNewKey ? sandbox.apiKey : `$(grep -o 'ap_[0-9a-f]*' ${file})`;
  return [
    '',
    '  skinrail sandbox: nothing here is real, and nothing leaves this machine',
    '',
    `  gateway      ${baseUrl}    API to browse: ${gateway.adminUrl}/docs`,
    ...(isConsoleServed(gateway)
      ? [`  console      ${baseUrl}/console    sign in: npm run --silent skinrail -- staff sign-in`]
      : []),
    `  marketplace  ${sandbox.marketplaceUrl}`,
    `  merchant     ${sandbox.merchantId}`,
    `  api-key      ${key}`,
    '',
    '  Try:',
    `  curl ${baseUrl}/sandbox/listings`,
    `  curl -H "api-key: ${pasted}" ${baseUrl}/v1/wallets/me/balance`,
    `  curl -X POST ${baseUrl}/sandbox/clock -H 'content-type: application/json' -d '{"advance":"31m"}'`,
    '',
  ];
}
