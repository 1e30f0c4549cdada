import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { isThisMachine } from '../config/addresses.ts';
import { type Config, type ConfigFlags, loadConfig } from '../config/config.ts';
import { logOptions } from '../core/log-options.ts';
import { type Gateway, startGateway } from '../gateway/gateway.ts';
import { openLogStream, outputIsRead } from './log-stream.ts';
import { listenForOperator, type OperatorSocket } from './operator-socket.ts';
import { StopSignals } from './stop-signals.ts';

/** Beyond the limits of all phases of a stop, it is forced. */
const STOP_MARGIN_MS = 2000;
/** How long a process may stay whose start failed. */
const FAILED_START_MAX_MS = 1000;
/** How long the last lines wait for their reader. */
const LAST_LINES_MAX_MS = 500;

/**
 * `skinrail serve`: runs a node until it is told to stop.
 * @returns the exit code: 0 after an orderly stop
 */
export async function serve(flags: ConfigFlags): Promise<number> {
  const config = loadConfig(process.env, flags);
  const log = createLog(config);
  const signals = new StopSignals();
  signals.followNpm();
  const started = start(config, log);
  const signal = await Promise.race([signals.first, started.then(() => null)]);
  if (signal) return stopBeforeStarted(signal, log);
  const { gateway, operator } = await started;
  announce(gateway, log);
  log.info({ signal: await signals.first }, 'stopping');
  return stopWithin(gateway, operator, signals, log);
}

interface Running {
  readonly gateway: Gateway;
  readonly operator: OperatorSocket | null;
}

async function start(config: Config, log: Logger): Promise<Running> {
  // Before the embedded database is opened: a second process in its folder would destroy it.
  const operator = await listenForOperator(config, log);
  const gateway = await startGateway(config, log).catch(async (error) => {
    await operator?.close();
    // Should something be left open, it must not keep a process that serves nothing.
    setTimeout(() => process.exit(1), FAILED_START_MAX_MS).unref();
    throw error;
  });
  operator?.attach({ deps: gateway.deps, applied: [] });
  return { gateway, operator };
}

/** Nothing was taken on yet, so there is nothing to wait for; what a migration had begun is rolled back. */
function stopBeforeStarted(signal: NodeJS.Signals, log: Logger): never {
  log.info({ signal }, 'stopped before the start was complete');
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
 * A second signal, or a stop that outlives its limits, ends the process at once: everything is in the database anyway.
 * @returns 0 when all that was under way came to its end
 */
async function stopWithin(
  gateway: Gateway,
  operator: OperatorSocket | null,
  signals: StopSignals,
  log: Logger,
): Promise<number> {
  const force = (why: string) => {
    log.error({ why }, 'the stop is forced');
    process.exit(1);
  };
  const limitMs = gateway.deps.config.stopTimeoutMs + STOP_MARGIN_MS;
  const timer = setTimeout(() => force('it took too long'), limitMs);
  timer.unref();
  signals.onImpatience(() => force('a second signal'));
  await operator?.close();
  const isOrderly = await gateway.stop();
  operator?.release();
  clearTimeout(timer);
  log.info({ isOrderly }, 'stopped');
  // A call that was cut off would keep the process for as long as its time-out, and unread lines for ever.
  const isRead = await outputIsRead(LAST_LINES_MAX_MS);
  if (!isOrderly || !isRead) process.exit(isOrderly ? 0 : 1);
  return 0;
}

function announce(gateway: Gateway, log: Logger): void {
  const { sandbox, host } = gateway.deps.config;
  if (sandbox && !isThisMachine(host)) {
    log.warn({ host }, 'this sandbox can be reached from other machines; anybody there can move its clock');
  }
  const lines = gateway.sandbox
    ? sandboxLines(gateway, gateway.sandbox)
    : [`skinrail listens at ${gateway.baseUrl}`, ...adminLine(gateway)];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Only where operators' routes have a listener of their own. */
function adminLine({ baseUrl, adminUrl }: Gateway): string[] {
  return adminUrl === baseUrl ? [] : [`/metrics and /docs are at ${adminUrl}`];
}

function sandboxLines(gateway: Gateway, sandbox: NonNullable<Gateway['sandbox']>): string[] {
  const { baseUrl } = gateway;
  const file = join(gateway.deps.config.dataDir, 'sandbox.json');
  const key = sandbox.isNewKey ? sandbox.apiKey : `as printed at the first start; it is in ${file}`;
  // Printed once: later, the lines to paste read the key from the file.
  const pasted = sandbox.isNewKey ? sandbox.apiKey : `$(grep -o 'ap_[0-9a-f]*' ${file})`;
  return [
    '',
    '  skinrail sandbox: nothing here is real, and nothing leaves this machine',
    '',
    `  gateway      ${baseUrl}    API to browse: ${gateway.adminUrl}/docs`,
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
