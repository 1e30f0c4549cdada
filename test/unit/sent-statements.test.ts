// What the failover tests read off the wire: which statement a connection is in when it goes silent.
import { describe, expect, test } from 'vitest';
import { isOfKind, type SilentKind, silentKinds } from '../failover/silent-statements.ts';
import { type SentStatement, StatementReader } from '../failover/statements.ts';

function message(type: string, ...texts: string[]): Buffer {
  const body = Buffer.from(texts.map((text) => `${text}\0`).join(''));
  const head = Buffer.alloc(5, type);
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** A length of its own and no type. */
function startup(): Buffer {
  const startup = Buffer.alloc(12);
  startup.writeUInt32BE(startup.length);
  return startup;
}

function readerAfterStart(): StatementReader {
  const reader = new StatementReader();
  expect(reader.read(startup())).toEqual([]);
  return reader;
}

describe('a reader of what a client sends', () => {
  test('tells a statement that was prepared earlier by its name', () => {
    const reader = readerAfterStart();
    expect(reader.read(message('P', 'by-name', 'select 1'))).toEqual([]);
    for (let times = 0; times < 2; times++) {
      expect(reader.read(message('B', '', 'by-name')).map(({ text }) => text)).toEqual(['select 1']);
    }
  });

  test('puts messages together that arrive in pieces, and tells several of one piece', () => {
    const reader = readerAfterStart();
    const bytes = Buffer.concat([message('Q', 'begin'), message('Q', 'commit')]);
    expect(reader.read(bytes.subarray(0, 3))).toEqual([]);
    expect(reader.read(bytes.subarray(3)).map(({ text }) => text)).toEqual(['begin', 'commit']);
  });

  test('knows what the open transaction has sent, and that it is over after a commit', () => {
    const reader = readerAfterStart();
    const sent = ['begin', 'insert into "trade" values (1)', 'commit', 'select 1'].flatMap((text) =>
      reader.read(message('Q', text)),
    );
    expect(sent.map(({ isInTransaction }) => isInTransaction)).toEqual([false, true, true, false]);
    expect(sent[2]?.transaction).toEqual(['begin', 'insert into "trade" values (1)', 'commit']);
  });
});

test('each statement that may go silent is of one kind, and a heartbeat is of none', () => {
  const inTrade = ['begin', 'insert into "trade" ("id") values ($1)'];
  const plain = (text: string): SentStatement => ({ text, isInTransaction: false, transaction: [] });
  const inside = (text: string): SentStatement => ({ text, isInTransaction: true, transaction: [...inTrade, text] });
  const examples: Record<SilentKind, SentStatement> = {
    select: plain('select "id" from "trade" where "id" = $1'),
    insert: inside('insert into "trade" ("id") values ($1)'),
    update: inside('update "account" set "balance_mills" = $1'),
    commit: inside('commit'),
    listen: plain('listen "jobs"'),
    'fetch of jobs': plain(
      'WITH next AS (SELECT id FROM pgboss.job FOR UPDATE SKIP LOCKED) UPDATE pgboss.job SET state = 1',
    ),
  };
  for (const [kind, sent] of Object.entries(examples)) {
    expect(silentKinds.filter((each) => isOfKind(each)(sent))).toEqual([kind]);
  }
  expect(silentKinds.filter((each) => isOfKind(each)(plain('select 1')))).toEqual([]);
});
