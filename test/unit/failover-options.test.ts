// What the failover tests run with, by what was typed.
import { describe, expect, test } from 'vitest';
import { programsOf, readOptions } from '../failover/options.ts';
import { silentKinds } from '../failover/silent-statements.ts';

describe('the options of the failover tests', () => {
  test('without any, Patroni keeps the cluster and each fault strikes once under 50 buys and cancels a second', () => {
    const options = readOptions([]);
    expect(options).toMatchObject({ cluster: 'patroni', pooler: 'none', rounds: 1, rate: 50, statements: [] });
    expect(options.faults).toHaveLength(5);
    expect(programsOf(options)).toEqual(['etcd', 'patroni', 'patronictl', 'haproxy']);
  });

  test('the short run needs PostgreSQL’s own programs only, and loses connections in each kind of statement', () => {
    const options = readOptions(['--short']);
    expect(options).toMatchObject({ cluster: 'plain', pooler: 'none', rounds: 1, rate: 6, statements: silentKinds });
    expect(programsOf(options)).toEqual([]);
  });

  test('a pooler comes on top, whoever keeps the cluster', () => {
    expect(programsOf(readOptions(['--short', '--pooler', 'session']))).toEqual(['pgbouncer']);
    expect(programsOf(readOptions(['--pooler', 'transaction']))).toContain('pgbouncer');
  });

  test.each([
    [['--cluster', 'other'], '--cluster takes patroni or plain, not "other"'],
    [['--pooler', 'statement'], '--pooler takes none or session or transaction, not "statement"'],
    [['--faults', 'flood'], '--faults takes kill, freeze, silent loss, demotion, switchover or none, not "flood"'],
    [['--rounds', '0'], '--rounds takes a whole number from 1, not "0"'],
  ])('refuses %j and says what is possible', (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });
});
