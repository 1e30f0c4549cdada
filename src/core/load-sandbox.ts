/**
 * Loads the sandbox, a workspace of its own beside `src`. Nothing else in `src` may import it, so that a production start
 * loads none of it; the lint step checks this.
 */
export function loadSandbox() {
  return import('../../sandbox/index.ts');
}
