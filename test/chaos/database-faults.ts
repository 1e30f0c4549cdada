import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Random } from '../simulation/random.ts';

/** The tables that money, states and requests are written to. */
const TABLES = ['trade', 'item', 'trade_event', 'purchase', 'cancellation', 'account', 'transfer', 'callback'];
/** Also found full when a transaction commits, not when it writes. */
const AT_COMMIT = ['trade_event', 'purchase', 'transfer', 'callback_attempt'];
const ANSWER_WITHIN_MS = 5000;

/** What PostgreSQL says of a full disk, in real transactions: by triggers that exist in this run's database only. */
const FULL_DISK = `
  create schema chaos;
  create table chaos.disk (full_share double precision not null);
  insert into chaos.disk values (0);
  create function chaos.write() returns trigger language plpgsql security definer as $$
  begin
    if random() < (select full_share from chaos.disk) then
      raise exception 'could not extend file "base/1/1": No space left on device' using errcode = 'disk_full';
    end if;
    return null;
  end $$;
  ${TABLES.map((table) => `create trigger chaos_write after insert or update on public.${table} for each statement execute function chaos.write();`).join('\n')}
  ${AT_COMMIT.map((table) => `create constraint trigger chaos_commit after insert or update on public.${table} deferrable initially deferred for each row execute function chaos.write();`).join('\n')}`;

/** Faults that PostgreSQL itself answers with, made by its superuser; the gateways are an ordinary role. */
export class DatabaseFaults {
  readonly #url: string;
  readonly #role: string;
  readonly #random: Random;
  terminated = 0;

  constructor(url: string, role: string, random: Random) {
    this.#url = url;
    this.#role = role;
    this.#random = random;
  }

  install(): Promise<void> {
    return this.#run((client) => client.query(FULL_DISK));
  }

  /** The disk is full for a part of what is written meanwhile. */
  async fillDisk(share: number, forMs: number): Promise<void> {
    await this.#set(`update chaos.disk set full_share = ${share}`);
    await pause(forMs);
    await this.emptyDisk();
  }

  async emptyDisk(): Promise<void> {
    await this.#set('update chaos.disk set full_share = 0');
  }

  /** Hardly any connection is to be had, and those that were open are cut. */
  async exhaustConnections(forMs: number): Promise<void> {
    await this.#set(`alter role ${this.#role} connection limit ${1 + this.#random.below(6)}`);
    await this.terminateConnections(1);
    await pause(forMs);
    await this.freeConnections();
  }

  async freeConnections(): Promise<void> {
    await this.#set(`alter role ${this.#role} connection limit -1`);
  }

  /** Cuts this share of the gateways' connections from the server's side. */
  async terminateConnections(share: number): Promise<void> {
    await this.#run(async (client) => {
      const { rowCount } = await client.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where usename = $1 and random() < $2',
        [this.#role, share],
      );
      this.terminated += rowCount ?? 0;
    }).catch(() => {});
  }

  /** PostgreSQL may be away itself just now; a fault that was set has to end whenever it is back. */
  async #set(statement: string): Promise<void> {
    for (let tries = 0; tries < 50; tries++) {
      try {
        return await this.#run((client) => client.query(statement));
      } catch {
        await pause(200);
      }
    }
    throw new Error(`PostgreSQL was away for too long to ${statement}`);
  }

  async #run(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#url,
      connectionTimeoutMillis: ANSWER_WITHIN_MS,
      query_timeout: ANSWER_WITHIN_MS,
    });
    client.on('error', () => {});
    try {
      await client.connect();
      await work(client);
    } finally {
      await client.end().catch(() => {});
    }
  }
}
