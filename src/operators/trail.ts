import { hash } from 'node:crypto';
import type { AuditEntryRow } from '../db/tables.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import type { Change } from './changes.ts';

/**
 * One entry of the audit trail: that a command began, or how it ended. Commands that were recorded before there was a trail
 * have no `origin` and no `changes`.
 */
export type AuditEvent =
  | { readonly event: 'begun'; readonly command: string; readonly origin?: string }
  | { readonly event: 'done'; readonly changes?: readonly Change[] }
  | { readonly event: 'failed'; readonly error: string; readonly changes?: readonly Change[] };

interface EntryHead {
  readonly commandId: string;
  readonly actor: string;
}

type EntryText = EntryHead & AuditEvent & { readonly number: number; readonly at: string };

/** Where the trail ends: the number of its last entry, and that entry's digest. */
export interface TrailEnd {
  readonly number: bigint;
  /** SHA-256 in hex. */
  readonly digest: string;
}

const END = /^(\d{1,15}):([0-9a-f]{64})$/;

/** An end in one text, to be noted elsewhere: `number:digest`. */
export function endText({ number, digest }: TrailEnd): string {
  return `${number}:${digest}`;
}

/** @returns null for a text that `endText` does not write */
export function readEnd(text: string): TrailEnd | null {
  const [, number, digest] = END.exec(text) ?? [];
  return number === undefined || digest === undefined ? null : { number: BigInt(number), digest };
}

/** The trail without entries, as `migrations/0030_audit_trail.sql` begins it. */
const BEGINNING: TrailEnd = { number: 0n, digest: '0'.repeat(64) };

/** Adds an entry. Entries are added one at a time, because each has the digest of the one before. */
export async function addEntry(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  head: EntryHead,
  event: AuditEvent,
): Promise<void> {
  const at = clock.now();
  // The text and the column must say the same, and PostgreSQL rejects lone surrogates.
  const actor = head.actor.toWellFormed();
  await inTransaction({ db, clock }, async (trx) => {
    const end = await trx.selectFrom('audit_head').selectAll().forUpdate().executeTakeFirstOrThrow();
    const number = end.number + 1n;
    const text: EntryText = {
      number: Number(number),
      commandId: head.commandId,
      actor,
      at: at.toISOString(),
      ...event,
    };
    const body = JSON.stringify(text);
    const digest = digestOf(end.digest, body);
    const row = { number, body, digest, command_id: head.commandId, event: event.event, actor, at };
    await trx.insertInto('audit_entry').values(row).execute();
    await trx.updateTable('audit_head').set({ number, digest }).execute();
  });
}

function digestOf(before: string, body: string): string {
  return hash('sha256', `${before}\n${body}`);
}

/** What an entry says. */
export function textOf({ body }: Pick<AuditEntryRow, 'body'>): EntryText {
  return JSON.parse(body) as EntryText; // `addEntry` or a migration has written it
}

/** How the trail was found: its end, and the first thing that is wrong. */
export interface TrailFinding {
  readonly end: TrailEnd;
  /** null: nothing is. */
  readonly fault: string | null;
  /** Whether the trail has the entry that was asked for. null: none was. */
  readonly hasExpected: boolean | null;
}

const ENTRIES_AT_ONCE = 1000;

/**
 * Reads the whole trail, and checks that each entry follows the one before and says what it was written with. The check stops
 * at the first fault. A person who can write to the database can rewrite the trail with matching digests; only an end that was
 * noted elsewhere reveals that.
 * @param expected an end that was noted before
 */
export async function verifyTrail({ db }: Pick<Deps, 'db'>, expected: TrailEnd | null): Promise<TrailFinding> {
  const head = await db.selectFrom('audit_head').selectAll().executeTakeFirst();
  let end = BEGINNING;
  let hasExpected = expected === null ? null : expected.number === 0n && expected.digest === BEGINNING.digest;
  for (;;) {
    const entries = await db
      .selectFrom('audit_entry')
      .selectAll()
      .where('number', '>', end.number)
      .orderBy('number')
      .limit(ENTRIES_AT_ONCE)
      .execute();
    for (const entry of entries) {
      const fault = faultOf(entry, end);
      if (fault !== null) return { end, fault, hasExpected };
      end = { number: entry.number, digest: entry.digest };
      if (head?.number === end.number && head.digest !== end.digest) {
        return { end, fault: `audit_head does not match entry ${end.number}`, hasExpected };
      }
      if (expected?.number === end.number) hasExpected = expected.digest === end.digest;
    }
    if (entries.length < ENTRIES_AT_ONCE) break;
  }
  // Entries can have been added since the head was read.
  const isWhole = head !== undefined && head.number <= end.number;
  return { end, fault: isWhole ? null : `the entries after ${end.number} are missing`, hasExpected };
}

function faultOf(entry: AuditEntryRow, before: TrailEnd): string | null {
  const { number, body, digest } = entry;
  if (number !== before.number + 1n) return `entry ${before.number + 1n} is missing`;
  if (digest !== digestOf(before.digest, body)) return `the text of entry ${number} does not match its digest`;
  const text = textOf(entry);
  const isAsTold =
    text.number === Number(number) &&
    text.commandId === entry.command_id &&
    text.event === entry.event &&
    text.actor === entry.actor &&
    new Date(text.at).getTime() === entry.at.getTime();
  return isAsTold ? null : `the columns of entry ${number} do not say what its text says`;
}
