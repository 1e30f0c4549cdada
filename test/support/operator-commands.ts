import { expect } from 'vitest';
import { CollectedOutput, type CommandResult } from '../../src/cli/output.ts';
import { runInGateway } from '../../src/cli/program.ts';
import type { World } from './world.ts';

/** Runs operators' commands inside the gateway of a test. */
export function useOperatorCommands(world: () => World) {
  async function run(args: readonly string[], operator = 'operator:alice'): Promise<CommandResult> {
    const { deps } = world().gateway;
    const output = new CollectedOutput();
    return output.with(await runInGateway(args, async () => ({ deps, applied: [] }), output, operator));
  }

  /** What a command that works prints as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: each test checks what it reads
  async function json(args: readonly string[], operator?: string): Promise<any> {
    const said = await run([...args, '--json'], operator);
    expect(said).toMatchObject({ exitCode: 0, stderr: '' });
    return JSON.parse(said.stdout);
  }

  return { run, json };
}
