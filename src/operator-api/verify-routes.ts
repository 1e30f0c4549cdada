import Type from 'typebox';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { lastReport, plainRow } from '../verify/last-report.ts';
import { asStaff, type PersonGuards } from './guard.ts';
import { iso, orNull, Time } from './wire.ts';

const RuleWire = Type.Object({
  name: Type.String(),
  sentence: orNull(Type.String({ description: 'What must hold; null: only another version has the rule' })),
  holds: Type.Boolean(),
  row: orNull(
    Type.Record(Type.String(), Type.Unknown(), {
      description: 'The first row that breaks it; amounts are dollars as text',
    }),
  ),
});

const VerifyWire = Type.Object(
  {
    everyMinutes: orNull(Type.Integer({ description: 'How often the gateway verifies; null: it is switched off' })),
    lastRun: orNull(
      Type.Object({
        endedAt: Time(),
        durationMs: Type.Integer(),
        cleanAt: orNull(Time('When a run has last found nothing; null: none has')),
        isClean: Type.Boolean(),
        rules: Type.Array(RuleWire, { description: 'Every rule' }),
      }),
    ),
  },
  { $id: 'Verification' },
);

/** What the last run of `verify` on any node has found, for staff. */
export function verifyRoutes(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.get(
    '/operator/v1/verify',
    {
      ...asStaff(guards, 'read'),
      schema: {
        summary: 'Whether the books were right at the last check',
        description: 'Reads the result of the last completed run on any node; it starts none.',
        tags: ['verify'],
        response: { 200: Ok(VerifyWire) },
      },
    },
    async (request) => {
      const report = await lastReport(deps);
      const { verifyEveryMin } = deps.config;
      return ok(request, {
        everyMinutes: verifyEveryMin === 0 ? null : verifyEveryMin,
        lastRun: report && {
          endedAt: iso(report.endedAt),
          durationMs: report.durationMs,
          cleanAt: iso(report.cleanAt),
          isClean: report.rules.every(({ row }) => row === null),
          rules: report.rules.map(({ name, sentence, row }) => {
            return { name, sentence, holds: row === null, row: row && plainRow(row) };
          }),
        },
      });
    },
  );
}
