import type { Command } from 'commander';
import { inspectSecrets, resealSecrets } from '../../secrets/stored-secrets.ts';
import {
  type Choose,
  type DatabaseOptions,
  databaseCommand,
  onDatabase,
  type Report,
  readingDatabase,
  type Session,
} from '../task.ts';

/** `skinrail secrets`: checks whether SECRET_KEY can decrypt the stored secrets, and re-encrypts them after a change. */
export function addSecretsCommands(program: Command, choose: Choose): void {
  const secrets = program
    .command('secrets')
    .description('check the stored secrets, and encrypt them again after changing SECRET_KEY');
  databaseCommand(secrets, 'check', 'check whether every stored secret can be decrypted', 'secrets check').action(
    (options: DatabaseOptions) => choose(readingDatabase(options, check)),
  );
  databaseCommand(
    secrets,
    'reseal',
    'encrypt with SECRET_KEY the secrets that use SECRET_KEY_PREVIOUS or the old format',
    'secrets reseal',
  ).action((options: DatabaseOptions) => choose(onDatabase(options, reseal)));
}

async function check({ deps }: Session): Promise<Report> {
  const counts = await inspectSecrets(deps);
  const { total, current, stale, unreadable } = counts;
  const lines = [
    `${total} stored: ${current} encrypted with SECRET_KEY, ${stale} to be encrypted again with skinrail secrets reseal`,
    ...unreadable.map((owner) => `${owner}: cannot be decrypted with SECRET_KEY or SECRET_KEY_PREVIOUS`),
  ];
  return { text: `${lines.join('\n')}\n`, json: counts, exitCode: unreadable.length > 0 ? 1 : 0 };
}

async function reseal({ deps }: Session): Promise<Report> {
  const done = await resealSecrets(deps);
  return { text: `${done.resealed} of ${done.total} encrypted again with SECRET_KEY\n`, json: done };
}
