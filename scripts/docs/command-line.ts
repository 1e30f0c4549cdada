import type { Command, Option } from 'commander';
import { CollectedOutput } from '../../src/cli/output.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { code, sentence, table } from './table.ts';

/** Every command that works on the database has these; the page names them once. */
const SHARED = ['--json', '--data', '--database-url'];

export function commandLine(output = new CollectedOutput()): Command {
  return buildProgram(output, () => {});
}

export function commandLineText(): string {
  return commandLine()
    .commands.map((command) => {
      const parts = command.commands.map((each) => commandText(each, 3));
      const heading = `## \`skinrail ${command.name()}\`\n\n${sentence(command.description())}`;
      return command.commands.length > 0 ? [heading, ...parts].join('\n\n') : commandText(command, 2);
    })
    .join('\n\n');
}

function commandText(command: Command, level: number): string {
  const isOnDatabase = SHARED.every((name) => command.options.some(({ long }) => long === name));
  const own = command.options.filter(({ long }) => !isOnDatabase || !SHARED.includes(long ?? ''));
  const options = table(['option', 'default', 'meaning'], own.map(optionLine));
  return [
    `${'#'.repeat(level)} \`${usageOf(command)}\``,
    sentence(command.description()),
    ...(own.length > 0 ? [options] : []),
    ...examplesOf(command).map((example) => `Example: ${code(example)}`),
  ].join('\n\n');
}

function usageOf(command: Command): string {
  const words = command.registeredArguments.map((one) => (one.required ? `<${one.name()}>` : `[${one.name()}]`));
  const names: string[] = [];
  for (let each: Command | null = command; each; each = each.parent) names.unshift(each.name());
  return [...names, ...words].join(' ');
}

function optionLine({ flags, defaultValue, mandatory, description, negate }: Option): string[] {
  const value = typeof defaultValue === 'string' ? code(defaultValue) : '';
  return [code(flags), mandatory ? 'required' : negate ? '' : value, description];
}

/** The examples that `--help` prints. */
function examplesOf(command: Command): string[] {
  const lines: string[] = [];
  command.configureOutput({ writeOut: (text) => lines.push(...text.split('\n')) });
  command.outputHelp();
  return lines.filter((line) => line.startsWith('  $ ')).map((line) => line.slice('  $ '.length));
}
