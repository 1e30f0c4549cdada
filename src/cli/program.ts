import { Command, CommanderError } from 'commander';
import { loadConfig } from '../config/config.ts';
import { OperatorError } from '../core/operator-error.ts';
import { programVersion } from '../core/version.ts';
import { addAuditCommands } from './commands/audit.ts';
import { addCallbackCommands } from './commands/callback.ts';
import { addFreezeCommands } from './commands/freeze.ts';
import { addKeyCommands } from './commands/key.ts';
import { addMarketplaceCommand } from './commands/marketplace.ts';
import { addMerchantCommands } from './commands/merchant.ts';
import { addMigrateCommand } from './commands/migrate.ts';
import { addRecoverCommands } from './commands/recover.ts';
import { addRetentionCommands } from './commands/retention.ts';
import { addSecretsCommands } from './commands/secrets.ts';
import { addServeCommand } from './commands/serve.ts';
import { addStaffCommands } from './commands/staff.ts';
import { addSupplierCommands } from './commands/supplier.ts';
import { addTradeCommands } from './commands/trade.ts';
import { addUnknownCommands } from './commands/unknown.ts';
import { addVerifyCommand } from './commands/verify.ts';
import { addWalletCommands } from './commands/wallet.ts';
import { dispatchCommand } from './dispatch.ts';
import { explain } from './explain.ts';
import { commandOrigin, operatorName, toOperator } from './operator-name.ts';
import { CollectedOutput, type CommandResult, exitOnClosedPipe, type Output, processOutput } from './output.ts';
import { readLines, readSecrets } from './standard-input.ts';
import { type DatabaseTask, execute, print, type Session, type Task } from './task.ts';
import { visible } from './visible.ts';

/**
 * `skinrail <args>`. Every failure is reported as one line on standard error.
 * @returns the exit code: 0 for success
 */
export async function runCli(args: readonly string[]): Promise<number> {
  exitOnClosedPipe();
  return reportErrors(processOutput, async () => {
    const task = await chooseTask(args, processOutput);
    if (typeof task === 'number') return task;
    if (task.needs === 'nothing') return task.run(processOutput);
    const config = loadConfig(process.env, task.flags);
    const operator = operatorName(process.env);
    const inputs = task.reads === 'all' ? await readLines() : await readSecrets(task.reads ?? []);
    const origin = commandOrigin();
    const result = await dispatchCommand(config, { args, operator, origin, inputs }, (session) =>
      runCollected(task, args, { ...session, operator, origin, inputs, ...terminalProgress() }),
    );
    processOutput.out(result.stdout);
    processOutput.err(result.stderr);
    return result.exitCode;
  });
}

/** Runs a command line that was sent to this gateway, which has the database open. */
export async function runInGateway(
  args: readonly string[],
  session: () => Promise<Omit<Session, 'operator'>>,
  output: Output,
  operator = toOperator(''),
  inputs: readonly string[] = [],
  origin = commandOrigin(),
): Promise<number> {
  return reportErrors(output, async () => {
    const task = await chooseTask(args, output);
    if (typeof task === 'number') return task;
    if (task.needs === 'nothing') throw new OperatorError(`${args[0]} does not run inside a gateway`);
    return print(await execute(task, args, { ...(await session()), operator, origin, inputs }), task.json, output);
  });
}

/** Progress is shown in a terminal only, not in a file or a pipe. */
function terminalProgress(): Pick<Session, 'progress'> {
  const { stderr } = process;
  return stderr.isTTY ? { progress: (text) => stderr.write(`\r\x1b[K${text}`) } : {};
}

async function runCollected(task: DatabaseTask, args: readonly string[], session: Session): Promise<CommandResult> {
  const output = new CollectedOutput();
  return output.with(print(await execute(task, args, session), task.json, output));
}

async function reportErrors(output: Output, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    output.err(`skinrail: ${visible(explain(error))}\n`);
    return 1;
  }
}

/** @returns the task, or an exit code when the parser has printed everything already (help or an error) */
async function chooseTask(args: readonly string[], output: Output): Promise<Task | number> {
  let chosen: Task | undefined;
  const program = buildProgram(output, (task) => {
    chosen = task;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    throw error;
  }
  return chosen ?? 0;
}

/** Every command with its options; `docs/reference/cli.md` is made of it. */
export function buildProgram(output: Output, choose: (task: Task) => void): Command {
  const program = new Command('skinrail')
    .description('A self-hosted payment gateway for game items.')
    .version(programVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.out(text),
      writeErr: (text) => output.err(text),
      outputError: (text, write) =>
        write(
          `skinrail: ${text
            .replace(/^error: /, '')
            .trim()
            .replaceAll('\n', ' ')}\n`,
        ),
    });
  addServeCommand(program, choose);
  addMigrateCommand(program, choose);
  addVerifyCommand(program, choose);
  addMarketplaceCommand(program, choose);
  addMerchantCommands(program, choose);
  addKeyCommands(program, choose);
  addRecoverCommands(program, choose);
  addRetentionCommands(program, choose);
  addSecretsCommands(program, choose);
  addSupplierCommands(program, choose);
  addWalletCommands(program, choose);
  addTradeCommands(program, choose);
  addUnknownCommands(program, choose);
  addFreezeCommands(program, choose);
  addStaffCommands(program, choose);
  addAuditCommands(program, choose);
  addCallbackCommands(program, choose);
  return program;
}
