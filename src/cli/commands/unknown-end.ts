import type { Command } from 'commander';
import { endUnknown } from '../../unknown/end.ts';
import { requireUnknown } from '../../unknown/queries.ts';
import { columns } from '../format.ts';
import { readId, readReason } from '../input.ts';
import { withMoveDeps } from '../move-deps.ts';
import {
  type Choose,
  type DatabaseOptions,
  databaseCommand,
  EXAMPLE_ID,
  onDatabase,
  type Report,
  type Session,
} from '../task.ts';

interface EndOptions extends DatabaseOptions {
  readonly reason: string;
}

/** `skinrail unknown end`: ends a purchase that the marketplace has told an operator it never made. */
export function addUnknownEndCommand(unknown: Command, choose: Choose): void {
  databaseCommand(
    unknown,
    'end <id>',
    'end a purchase that its marketplace never made, as you know from its own pages or people: the item fails, and its money is released',
    `unknown end ${EXAMPLE_ID} --reason "their support: no such order"`,
  )
    .requiredOption('--reason <text>', 'how you know it; stored with the event and shown to operators only')
    .action((text: string, options: EndOptions) => {
      const id = readId(text, 'purchase');
      const reason = readReason(options.reason);
      choose(onDatabase(options, (session) => end(session, id, reason)));
    });
}

async function end({ deps, operator, watch }: Session, id: string, reason: string): Promise<Report> {
  const outcome = await requireUnknown(deps, id);
  const { merchantId, tradeId, itemId, reference } = outcome;
  await watch?.({ kind: 'trade', id: tradeId });
  await watch?.({ kind: 'merchant', id: merchantId });
  await endUnknown(withMoveDeps(deps), outcome, { actor: operator, reason });
  return {
    text: columns([
      [
        'ended',
        `the item has failed, and its money is released; an order that turns up under ${reference} raises an alert`,
      ],
      ['trade', tradeId],
    ]),
    json: { id, tradeId, itemId, outcome: 'ended' },
  };
}
