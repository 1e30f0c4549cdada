import type { Command } from 'commander';
import { addOrigin, listOrigins, readOrigin, removeOrigin } from '../../merchants/client-origins.ts';
import { resolveMerchant } from '../../merchants/operations.ts';
import { listing } from '../format.ts';
import {
  type Choose,
  type DatabaseOptions,
  databaseCommand,
  EXAMPLE_ID,
  onMerchant,
  type Report,
  readingDatabase,
  type Session,
} from '../task.ts';

/** Commands for the web origins that may call a merchant's client routes (CORS). */
export function addOriginCommands(merchant: Command, choose: Choose): void {
  databaseCommand(
    merchant,
    'origins <merchant>',
    'list the web origins whose pages may call the client routes from a browser',
    `merchant origins ${EXAMPLE_ID}`,
  ).action((ref: string, options: DatabaseOptions) =>
    choose(
      readingDatabase(options, async (session) => {
        return shown(await listOrigins(session.deps, await resolveMerchant(session.deps, ref)));
      }),
    ),
  );
  addChange(merchant, choose, 'add-origin', 'allow pages of a web origin to call the client routes', addOrigin);
  addChange(merchant, choose, 'remove-origin', 'remove an allowed web origin', removeOrigin);
}

type Change = (deps: Session['deps'], merchantId: string, origin: string) => Promise<string[]>;

function addChange(parent: Command, choose: Choose, name: string, description: string, change: Change): void {
  databaseCommand(
    parent,
    `${name} <merchant> <origin>`,
    description,
    `merchant ${name} ${EXAMPLE_ID} https://shop.example`,
  ).action((ref: string, text: string, options: DatabaseOptions) => {
    const origin = readOrigin(text);
    choose(onMerchant(options, ref, async ({ deps }, merchantId) => shown(await change(deps, merchantId, origin))));
  });
}

function shown(origins: readonly string[]): Report {
  const rows = origins.map((origin) => [origin]);
  return { text: listing(['origin'], rows, 'no origin may call the client routes'), json: origins };
}
