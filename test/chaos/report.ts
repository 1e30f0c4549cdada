import { readFileSync } from 'node:fs';
import type { GatewayBooks, Sold } from './books.ts';
import type { DatabaseFaults } from './database-faults.ts';
import type { Faults } from './faults.ts';
import { allMarkets } from './markets.ts';
import type { Operator } from './operator.ts';
import type { ChaosOptions } from './options.ts';
import type { CuttingProxy } from './proxy.ts';
import type { Receiver } from './receiver.ts';
import type { Crowd } from './run.ts';
import type { Stage } from './stage.ts';
import type { Supervised } from './supervised.ts';
import type { Tally } from './tally.ts';
import type { TimeMachine } from './time.ts';
import type { UrlKeepers } from './url-keepers.ts';
import type { Verified } from './verify-books.ts';

interface Facts {
  readonly options: ChaosOptions;
  readonly stage: Stage;
  readonly faults: Faults;
  readonly database: DatabaseFaults;
  readonly receiver: Receiver;
  readonly tally: Tally;
  readonly crowd: Crowd;
  readonly gateway: GatewayBooks;
  readonly marketplace: ReadonlyMap<string, Sold>;
  readonly time: TimeMachine;
  readonly keepers: UrlKeepers;
  readonly operator: Operator;
  readonly verified: Verified;
  readonly seconds: number;
}

export type Report = ReturnType<typeof reportOf>;

/** The counts of a run, and what was wrong. */
export function reportOf({ stage, faults, database, receiver, tally, crowd, gateway, ...facts }: Facts) {
  const { gateways, marketplace, postgres, proxies } = stage;
  return {
    seed: facts.options.seed,
    seconds: Math.trunc(facts.seconds),
    trades: crowd.told.length,
    items: gateway.items.length,
    itemsByState: countBy(gateway.items, (item) => item.state),
    cancels: tally.cancels,
    timedItems: gateway.items.filter(({ timerCancellations }) => timerCancellations > 0).length,
    clientTrades: crowd.told.filter(({ plan }) => plan.isClients).length,
    cancelledItems: crowd.told.reduce((sum, told) => sum + told.accepted.size, 0),
    answers: Object.fromEntries([...tally.answers].sort()),
    kills: Object.fromEntries([...gateways, marketplace].map(({ name, kills }) => [name, kills])),
    failedStarts: [...gateways, marketplace].reduce((sum, { failedStarts }) => sum + failedStarts, 0),
    postgresRestarts: faults.counts.restarts,
    connectionsTerminated: database.terminated,
    markets: allMarkets.map(({ id }) => countsOf(id, gateway, facts)),
    cuts: {
      database: cutsOf(proxies.database),
      marketplaces: cutsOf(proxies.marketplace),
      merchants: proxies.merchants.reduce((sum, proxy) => sum + cutsOf(proxy), 0),
    },
    diskFull: {
      phases: faults.counts.fullDisks,
      raised: postgres.answered('53100'),
      logged: logged(gateways, '53100'),
    },
    tooManyConnections: { phases: faults.counts.exhaustions, answered: postgres.answered('53300') },
    clockJumps: facts.time.jumps,
    questions: {
      asked: receiver.questions,
      approved: receiver.approved.size,
      rejected: receiver.rejected.size,
      states: countBy(gateway.questions, ({ state }) => state),
      askedAgain: gateway.questions.filter(({ asked }) => asked.length > 1).length,
    },
    urlsSwitchedOff: Object.fromEntries([...facts.keepers.offs].map(([reason, urls]) => [reason, urls.size])),
    callbacks: {
      events: gateway.callbacks.length,
      received: receiver.received,
      repeated: receiver.repeated,
      turnedAway: receiver.turnedAway,
      replayed: facts.keepers.replayed,
      mostAttempts: Math.max(0, ...gateway.callbacks.map(({ attempts }) => attempts)),
    },
    verify: facts.verified.output,
    doubleRefunds: tally.number('double refund'),
    lostRefunds: tally.number('lost refund'),
    wrongAnswers: tally.number('wrong answer'),
    findings: tally.findings,
  };
}

/** What happened at a marketplace. */
function countsOf(
  id: string,
  { items }: GatewayBooks,
  { marketplace, operator }: Pick<Facts, 'marketplace' | 'operator'>,
) {
  const own = [...marketplace.values()].filter(({ market }) => market.id === id);
  const sent = items.filter(({ supplier }) => supplier === id);
  return {
    id,
    items: sent.length,
    orders: own.filter(({ isMade }) => isMade).length,
    cancelled: own.filter(({ isCancelAccepted }) => isCancelAccepted).length,
    /** Purchases that were sent more than once, and those that the marketplace received more than once. */
    repeated: sent.filter(({ purchaseCalls }) => purchaseCalls > 1).length,
    receivedTwice: own.filter(({ buyCalls }) => buyCalls > 1).length,
    endedByOperator: operator.ended.get(id) ?? 0,
  };
}

function countBy<T>(all: readonly T[], kindOf: (each: T) => string): Record<string, number> {
  const groups = Map.groupBy(all, kindOf);
  return Object.fromEntries([...groups].map(([kind, members]) => [kind, members.length]).sort());
}

function cutsOf({ cuts }: CuttingProxy): number {
  return cuts.request + cuts.answer;
}

/** How often the gateways wrote this SQLSTATE down. */
function logged(gateways: readonly Supervised[], sqlState: string): number {
  const texts = gateways.map(({ logPath }) => readFileSync(logPath, 'utf8'));
  return texts.reduce((sum, text) => sum + text.split(`"code":"${sqlState}"`).length - 1, 0);
}

const FINDINGS_SHOWN = 40;

export function describe(report: Report): string {
  const { kills, cuts, questions, callbacks, diskFull, tooManyConnections } = report;
  const list = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
  const lines = [
    `seed ${report.seed}, ${report.seconds} s`,
    `trades      ${report.trades}, items ${report.items}: ${list(report.itemsByState)}`,
    `cancels     ${report.cancels} requests, ${report.cancelledItems} items accepted, ${report.timedItems} asked for by the timer; ${report.clientTrades} trades are clients’`,
    ...Object.entries(report.answers).map(([answer, count]) => `  ${String(count).padStart(7)}  ${answer}`),
    ...report.markets.map(
      ({ id, items, orders, cancelled, repeated, receivedTwice, endedByOperator }) =>
        `  ${id.padEnd(12)} ${items} items, ${orders} orders, ${cancelled} cancels accepted; ${repeated} purchases repeated, ${receivedTwice} of them received twice; ${endedByOperator} ended by the operator`,
    ),
    `killed      ${list(kills)}; ${report.failedStarts} starts failed meanwhile`,
    `PostgreSQL  restarted ${report.postgresRestarts} times, ${report.connectionsTerminated} connections terminated`,
    `cut         ${list(cuts)}`,
    `disk full   ${diskFull.raised} statements and commits in ${diskFull.phases} phases, ${diskFull.logged} logged by gateways`,
    `no more connections  ${tooManyConnections.answered} in ${tooManyConnections.phases} phases`,
    `clock       moved ${report.clockJumps} times`,
    `questions   ${questions.asked} heard, yes to ${questions.approved} trades and no to ${questions.rejected}; ${questions.askedAgain} trades asked again; ended ${list(questions.states)}`,
    `callbacks   ${callbacks.events} events, ${callbacks.received} requests received: ${callbacks.turnedAway} turned away, ${callbacks.repeated} repeated; at most ${callbacks.mostAttempts} attempts; ${callbacks.replayed} given up and replayed`,
    `URLs        switched off: ${list(report.urlsSwitchedOff) || 'none'}`,
    `verify      ${report.verify}`,
    `${report.doubleRefunds} double refunds, ${report.lostRefunds} lost refunds, ${report.wrongAnswers} wrong answers; ${report.findings.length} findings`,
    ...report.findings.slice(0, FINDINGS_SHOWN).map(({ wrong, text }) => `  ${wrong}: ${text}`),
  ];
  return `${lines.join('\n')}\n`;
}
