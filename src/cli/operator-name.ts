import { userInfo } from 'node:os';

const NAME_MAX = 64;

/**
 * The operator who runs a command, as it is recorded: `operator:<name>`. The name is `SKINRAIL_OPERATOR`, or the user who
 * called `sudo`, or the system user. It is not authenticated: an operator can set any name.
 */
export function operatorName(env: NodeJS.ProcessEnv): string {
  const name = env['SKINRAIL_OPERATOR'] || env['SUDO_USER'] || systemUser();
  return toOperator(name);
}

export function toOperator(name: string): string {
  const readable = name.replaceAll(/[\p{C}\s]+/gu, ' ').trim();
  return readable === '' ? 'operator' : `operator:${readable.slice(0, NAME_MAX)}`;
}

function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    // In a container the user may have only a numeric id.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
