import type { Command } from 'commander';
import { CS2, type Game, RUST } from '../../core/games.ts';
import { OperatorError } from '../../core/operator-error.ts';
import { requireAccount, requireKind } from '../../supplier-accounts/operations.ts';
import {
  changePolicy,
  MARKUP_BPS_MAX,
  PREFERENCE_MAX,
  readPolicies,
  type SupplierPolicy,
} from '../../supplier-accounts/policy.ts';
import { listing } from '../format.ts';
import { readWhole } from '../input.ts';
import { feeText } from '../merchant-text.ts';
import { type Choose, changing, type DatabaseOptions, databaseCommand, type Report, type Session } from '../task.ts';

interface PolicyOptions extends DatabaseOptions {
  readonly game?: string;
  readonly markupBps?: string;
  readonly preference?: string;
}

/** `skinrail supplier policy`: at which prices, and before which others, an account is used. */
export function addPolicyCommand(supplier: Command, choose: Choose): void {
  databaseCommand(
    supplier,
    'policy <account>',
    'show or change the markup and the preference of an account; all nodes follow within a second',
    'supplier policy waxpeer --game 730 --markup-bps 250',
  )
    .option('--game <game>', '730 for CS2 or 252490 for Rust; default: all games of the account')
    .option('--markup-bps <number>', 'added to the marketplace’s prices, in hundredths of a percent')
    .option(
      '--preference <number>',
      'where prices are equal, the account with the lower number is used; 100 by default',
    )
    .action((id: string, options: PolicyOptions) => {
      const game = options.game === undefined ? null : readGame(options.game);
      const change = readChange(options);
      choose(changing(options, { kind: 'account', id }, (session) => apply(session, id, game, change)));
    });
}

function readGame(text: string): Game {
  const game = [CS2, RUST].find((each) => each === text);
  if (!game) throw new OperatorError('--game must be 730 (CS2) or 252490 (Rust)');
  return game;
}

function readChange({ markupBps, preference }: PolicyOptions): Partial<SupplierPolicy> {
  return {
    ...(markupBps === undefined ? {} : { markupBps: readMarkup(markupBps) }),
    ...(preference === undefined ? {} : { preference: readWhole(preference, '--preference', PREFERENCE_MAX) }),
  };
}

function readMarkup(text: string): number {
  return text === '0' ? 0 : readWhole(text, '--markup-bps', MARKUP_BPS_MAX);
}

async function apply(
  { deps }: Session,
  id: string,
  game: Game | null,
  change: Partial<SupplierPolicy>,
): Promise<Report> {
  const { kind } = await requireAccount(deps, id);
  const { games } = requireKind(deps, kind);
  await changePolicy(deps, { id, games }, game, change);
  const policies = await readPolicies(deps);
  const json = games.map((each) => ({ game: each, ...policies(id, each) }));
  const rows = json.map(({ game: each, markupBps, preference }) => [each, feeText(markupBps), preference]);
  return { text: listing(['game', 'markup', 'preference'], rows, 'the account has no game'), json };
}
