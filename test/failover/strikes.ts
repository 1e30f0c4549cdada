import { setTimeout as pause } from 'node:timers/promises';
import { ROLE } from '../chaos/stage.ts';
import { until } from '../chaos/wait.ts';
import type { FaultName } from './cluster.ts';
import type { HealthWatch } from './health-watch.ts';
import type { Loss, SilentProxy } from './silent-proxy.ts';
import { isOfKind, type SilentKind } from './silent-statements.ts';
import type { Stage } from './stage.ts';
import type { Heard, Timeline } from './timeline.ts';

/** After the cluster has a primary again, so long until merchants are served. */
export const READY_AFTER_CLUSTER_MS = 5000;
/** After a connection has gone silent. */
export const READY_AFTER_SILENCE_MS = 20_000;
const GIVES_UP_AFTER_MS = 60_000;
const MET_WITHIN_MS = 20_000;
/** So much is watched after all is well again. */
const WATCHED_AFTER_MS = 3000;

/** What merchants saw of one fault; times are milliseconds since it struck. */
export interface Struck {
  readonly name: string;
  /** The cluster had a primary that commits again, or the gateway had closed the connection that was silent. */
  readonly clusterMs: number;
  /** The first buy that was answered after that. */
  readonly buyMs: number;
  /** `/health` of both nodes was 200 after that. */
  readonly healthMs: number;
  readonly answers: Answers;
}

/** How many answers of each kind came, and when the first and the last that were not an answer to the point. */
export interface Answers {
  readonly good: number;
  readonly unavailable: number;
  readonly none: number;
  readonly errors: number;
  readonly firstFailureMs: number | null;
  readonly lastFailureMs: number | null;
}

interface Watchers {
  readonly stage: Stage;
  readonly timeline: Timeline;
  readonly health: readonly HealthWatch[];
}

/** Takes the primary away and waits until merchants are served again. */
export async function strikeCluster(name: FaultName, { stage, timeline, health }: Watchers): Promise<Struck> {
  const { cluster } = stage;
  const at = performance.now();
  const writableAt = await cluster.strike(name);
  const ready = await readyAfter(writableAt, timeline, health);
  const wrong = await cluster.comeBack(name);
  if (wrong) timeline.found('other', `${name}: ${wrong}`);
  await pause(WATCHED_AFTER_MS);
  const struck = { name, ...since(at, writableAt, ready), answers: answersOf(timeline.since(at), at) };
  judge(struck, struck.clusterMs + READY_AFTER_CLUSTER_MS, timeline);
  return struck;
}

/** Has one connection go silent in the middle of such a statement and waits until it is given up. */
export async function strikeStatement(kind: SilentKind, loss: Loss, watchers: Watchers): Promise<Struck | null> {
  const { stage, timeline, health } = watchers;
  const { proxy, server } = stage.cluster.primary;
  const name = `${kind}, lost ${loss}`;
  const sprung = silenced(proxy, kind, loss);
  // Gateways listen once, when they connect.
  if (kind === 'listen') await server.run(ENDS_CONNECTIONS);
  const met = await Promise.race([sprung, pause(MET_WITHIN_MS)]);
  proxy.disarm();
  if (!met) {
    timeline.found('other', `no statement was met: ${name}`);
    return null;
  }
  const limit = pause(GIVES_UP_AFTER_MS).then(() => Number.POSITIVE_INFINITY);
  const closedAt = await Promise.race([met.closed, limit]);
  const ready = await readyAfter(closedAt, timeline, health);
  await pause(Math.max(WATCHED_AFTER_MS, met.at + READY_AFTER_SILENCE_MS - performance.now()));
  const struck = { name, ...since(met.at, closedAt, ready), answers: answersOf(timeline.since(met.at), met.at) };
  judge(struck, READY_AFTER_SILENCE_MS, timeline);
  return struck;
}

const ENDS_CONNECTIONS = `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${ROLE}'`;

function silenced(proxy: SilentProxy, kind: SilentKind, loss: Loss) {
  return new Promise<{ at: number; closed: Promise<number> }>((resolve) => {
    proxy.silenceAt(isOfKind(kind), loss, (closed) =>
      resolve({ at: performance.now(), closed: closed.then(() => performance.now()) }),
    );
  });
}

interface Ready {
  readonly buyAt: number;
  readonly healthAt: number;
}

async function readyAfter(at: number, timeline: Timeline, health: readonly HealthWatch[]): Promise<Ready> {
  const firstBuy = () => timeline.since(at).find(({ route, status }) => route === 'buy' && status === 200)?.at;
  const healthy = () => health.map((watch) => watch.healthySince(at) ?? Number.POSITIVE_INFINITY);
  const isReady = () => firstBuy() !== undefined && Math.max(...healthy()) < Number.POSITIVE_INFINITY;
  await until(isReady, GIVES_UP_AFTER_MS, 20);
  return { buyAt: firstBuy() ?? Number.POSITIVE_INFINITY, healthAt: Math.max(...healthy()) };
}

function since(at: number, clusterAt: number, { buyAt, healthAt }: Ready) {
  return { clusterMs: clusterAt - at, buyMs: buyAt - at, healthMs: healthAt - at };
}

function answersOf(heard: readonly Heard[], at: number): Answers {
  const failures = heard.filter(({ status }) => status === 0 || status >= 500);
  const count = (matches: (status: number) => boolean) => heard.filter(({ status }) => matches(status)).length;
  return {
    good: count((status) => status > 0 && status < 500),
    unavailable: count((status) => status === 503),
    none: count((status) => status === 0),
    errors: count((status) => status >= 500 && status !== 503),
    firstFailureMs: failures.length === 0 ? null : (failures[0]?.at ?? at) - at,
    lastFailureMs: failures.length === 0 ? null : (failures.at(-1)?.at ?? at) - at,
  };
}

function judge({ name, buyMs, healthMs }: Struck, limitMs: number, timeline: Timeline): void {
  const readyMs = Math.max(buyMs, healthMs);
  if (readyMs <= limitMs) return;
  timeline.found('other', `${name}: ready again after ${Math.round(readyMs)} ms, not within ${Math.round(limitMs)} ms`);
}
