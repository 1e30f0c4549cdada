import { hostname, userInfo } from 'node:os';

const NAME_MAX = 64;
/** With them one name could look like another. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}+/gu;
/** Commas stand between two names, where two operators have done something. */
const NOT_IN_NAMES = /[\p{C}\s,]+/gu;

/**
 * The operator who runs a command, as it is recorded: `operator:<name>`. The name is `SKINRAIL_OPERATOR`, or the user who
 * called `sudo`, or the system user. It is not authenticated: an operator can set any name.
 */
export function operatorName(env: NodeJS.ProcessEnv): string {
  const name = env['SKINRAIL_OPERATOR'] || env['SUDO_USER'] || systemUser();
  return toOperator(name);
}

export function toOperator(name: string): string {
  const readable = name.normalize('NFKC').replaceAll(INVISIBLE, '').replaceAll(NOT_IN_NAMES, ' ').trim();
  return readable === '' ? 'operator' : `operator:${[...readable].slice(0, NAME_MAX).join('')}`;
}

/** Where a command is run, as the audit trail says it: also the system's user, whom `SKINRAIL_OPERATOR` does not replace. */
export function commandOrigin(): string {
  return `command line on ${hostname()} as ${systemUser()}`;
}

function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    // In a container the user may have only a numeric id.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
