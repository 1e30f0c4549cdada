import Type from 'typebox';
import { errors } from '../core/errors.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { Text } from '../http/validation.ts';
import { type CommandFilter, newestCommands, type RecordedCommand } from '../operators/commands.ts';
import { readEnd, verifyTrail } from '../operators/trail.ts';
import { type CsvColumn, CsvFile, csvParts, FORMULAS_ARE_DISARMED, sendCsv } from './csv.ts';
import { asStaff, type PersonGuards } from './guard.ts';
import { eachPage, LIMIT_MAX, LIMIT_USUAL, PageOf, pageOfRows, pageQuery } from './pages.ts';
import { Id, orNull, Time } from './wire.ts';

const CommandWire = Type.Object(
  {
    id: Id,
    operator: Type.String({
      description: '`operator:<name>` at the command line; `staff:` or `member:` and an address',
    }),
    origin: orNull(Type.String({ description: 'Where it was run; null: it was recorded before that was' })),
    command: Type.String(),
    startedAt: Time(),
    endedAt: orNull(Time('null: it has not ended, or nobody knows how')),
    outcome: orNull(Type.String({ description: '`done`, or `failed: ` and why; null as for endedAt' })),
    changes: Type.Array(
      Type.Object({
        of: Type.String({ description: 'What was changed, such as `merchant ` and its id' }),
        field: Type.String({ description: 'Amounts end with `_mills`: thousandths of a dollar, as text' }),
        before: Type.Unknown({ description: 'null: there was none' }),
        after: Type.Unknown(),
      }),
    ),
  },
  { $id: 'AuditCommand' },
);

const commandColumns: readonly CsvColumn<RecordedCommand>[] = [
  ['id', ({ id }) => id],
  ['operator', ({ operator }) => operator],
  ['origin', ({ origin }) => origin],
  ['command', ({ command }) => command],
  ['started_at', ({ startedAt }) => startedAt],
  ['ended_at', ({ endedAt }) => endedAt],
  ['outcome', ({ outcome }) => outcome],
  ['changes', ({ changes }) => JSON.stringify(changes)],
];

const filters = {
  operator: Type.Optional(Text(1, 300, { description: 'Only what this one did, named as the trail does' })),
};

const Finding = Type.Object(
  {
    isWhole: Type.Boolean(),
    number: Type.Integer({ description: 'Of the last entry that was checked' }),
    digest: Type.String({
      description: 'Of that entry. Note both where nobody who can write to the database can write',
    }),
    fault: orNull(Type.String({ description: 'The first thing that is wrong' })),
    hasExpected: orNull(Type.Boolean({ description: 'Whether it has the entry that was asked for; null: none was' })),
  },
  { $id: 'AuditFinding' },
);

const tags = ['audit'];

/** Who did what, and whether the record of it is whole. */
export function auditRoutes(app: App, guards: PersonGuards): void {
  listRoute(app, guards);
  csvRoute(app, guards);
  verifyRoute(app, guards);
}

function listRoute(app: App, guards: PersonGuards): void {
  app.get(
    '/operator/v1/audit',
    {
      ...asStaff(guards, 'read'),
      schema: {
        summary: 'What was changed, by whom, newest first',
        tags,
        querystring: Type.Object({ ...filters, ...pageQuery }),
        response: { 200: Ok(PageOf(CommandWire, 'AuditCommandPage')) },
      },
    },
    async (request) => {
      const { operator, cursor: after, limit = LIMIT_USUAL } = request.query;
      const { page, nextCursor } = await pageOfCommands(guards, { operator, after, limit });
      return ok(request, { items: page.map((one) => ({ ...one, changes: [...one.changes] })), nextCursor });
    },
  );
}

function csvRoute(app: App, guards: PersonGuards): void {
  app.get(
    '/operator/v1/audit.csv',
    {
      ...asStaff(guards, 'read'),
      // A HEAD request would make the whole file to send nothing of it.
      exposeHeadRoute: false,
      schema: {
        summary: 'What was changed, by whom, as a file for spreadsheets, newest first',
        description: `All commands that match, each in a row with one cell for its changes, as JSON. ${FORMULAS_ARE_DISARMED}`,
        tags,
        querystring: Type.Object(filters),
        response: { 200: CsvFile() },
      },
    },
    async (request, reply) => {
      const { operator } = request.query;
      const pages = eachPage(async (after?: string) => {
        const { page, nextCursor } = await pageOfCommands(guards, { operator, after, limit: LIMIT_MAX });
        return { page, next: nextCursor };
      });
      return sendCsv(reply, 'audit.csv', csvParts(commandColumns, pages));
    },
  );
}

async function pageOfCommands({ deps }: PersonGuards, filter: CommandFilter) {
  const commands = await newestCommands(deps, { ...filter, limit: filter.limit + 1 });
  return pageOfRows(commands, filter.limit);
}

function verifyRoute(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.get(
    '/operator/v1/audit/verify',
    {
      ...asStaff(guards, 'read'),
      schema: {
        summary: 'Check that no entry of the trail was changed, removed or put in between',
        description: 'Reads the whole trail.',
        tags,
        querystring: Type.Object({
          expect: Type.Optional(Text(1, 100, { description: 'An end that was noted before: `number:digest`' })),
        }),
        response: { 200: Ok(Finding) },
      },
    },
    async (request) => {
      const { expect } = request.query;
      const expected = expect === undefined ? null : readEnd(expect);
      if (expect !== undefined && !expected) throw errors.validationFailed({ expect: 'must be number:digest' });
      const { end, fault, hasExpected } = await verifyTrail(deps, expected);
      const isWhole = fault === null && hasExpected !== false;
      return ok(request, { isWhole, number: Number(end.number), digest: end.digest, fault, hasExpected });
    },
  );
}
