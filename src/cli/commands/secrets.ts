import type { Command } from 'commander';
import { inspectSecrets, resealSecrets } from '../../merchants/sealed-secrets.ts';
import {
  type Choose,
  type DatabaseOptions,
  databaseCommand,
  onDatabase,
  type Report,
  readingDatabase,
  type Session,
} from '../task.ts';

/** `skinrail secrets`: whether SECRET_KEY opens what is stored, and changing it. */
export function addSecretsCommands(program: Command, choose: Choose): void {
  const secrets = program
    .command('secrets')
    .description('merchants’ secrets as they are stored, and changing SECRET_KEY');
  databaseCommand(secrets, 'check', 'whether every stored secret can be opened', 'secrets check').action(
    (options: DatabaseOptions) => choose(readingDatabase(options, check)),
  );
  databaseCommand(
    secrets,
    'reseal',
    'seal with SECRET_KEY what is sealed with SECRET_KEY_PREVIOUS, or in the old form',
    'secrets reseal',
  ).action((options: DatabaseOptions) => choose(onDatabase(options, reseal)));
}

async function check({ deps }: Session): Promise<Report> {
  const counts = await inspectSecrets(deps);
  const { total, current, stale, unreadable } = counts;
  const lines = [
    `${total} stored: ${current} sealed with SECRET_KEY, ${stale} to be sealed anew`,
    ...unreadable.map((id) => `merchant ${id}: cannot be opened with SECRET_KEY or SECRET_KEY_PREVIOUS`),
  ];
  return { text: `${lines.join('\n')}\n`, json: counts, exitCode: unreadable.length > 0 ? 1 : 0 };
}

async function reseal({ deps }: Session): Promise<Report> {
  const done = await resealSecrets(deps);
  return { text: `${done.resealed} of ${done.total} sealed anew with SECRET_KEY\n`, json: done };
}
