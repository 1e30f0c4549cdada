/**
 * Loads the sandbox, which is a separate workspace. No other file in `src` may import it, so that a production start does not
 * load it; the lint step checks this.
 */
export function loadSandbox() {
  return import('../../sandbox/index.ts');
}
