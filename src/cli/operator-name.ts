import { userInfo } from 'node:os';

const NAME_MAX = 64;

/**
 * Who runs a command, as records keep it: `operator:<name>`. The name is `SKINRAIL_OPERATOR`, or the user before
 * `sudo`, or the system's user. Whoever may run commands may name anybody: it is for honest people who ask later.
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
    // In a container the user may have a number only.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
