import type { Command } from 'commander';
import { type SettingName, settingGroups, type settings } from '../../src/config/settings.ts';
import { commandLine } from './command-line.ts';
import { code, table } from './table.ts';

type Setting = (typeof settings)[SettingName] & { sandboxDefault?: unknown; shownDefault?: string };

export function settingsText(): string {
  const flags = flagsOf(commandLine());
  return Object.entries(settingGroups)
    .map(([title, group]) => {
      const lines = Object.values<Setting>(group).map((one) => [
        code(one.variable),
        flags.get(one.variable) ?? '',
        valuesOf(one),
        defaultOf(one),
        one.meaning,
      ]);
      return `## ${title}\n\n${table(['variable', 'flag', 'values', 'default', 'meaning'], lines)}`;
    })
    .join('\n\n');
}

/** `serve` names the variable of each flag in its help: `port to listen on (PORT)`. */
function flagsOf(program: Command): Map<string, string> {
  const serve = program.commands.find((command) => command.name() === 'serve');
  const flags = (serve?.options ?? []).map(({ long, description }): [string, string] => [
    /\((\w+)(=off)?\)$/.exec(description)?.[1] ?? '',
    code(long ?? ''),
  ]);
  return new Map(flags);
}

interface Bounds {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

function valuesOf({ schema }: Setting): string {
  const { type, enum: choices, minimum, maximum } = schema as Bounds; // a JSON schema of one of these kinds
  if (minimum !== undefined && maximum !== undefined) return `${shown(Math.max(minimum, 0))} to ${shown(maximum)}`;
  if (choices)
    return choices
      .filter((value) => value !== '')
      .map(code)
      .join(', ');
  return type === 'boolean' ? '`on`, `off`' : 'text';
}

function defaultOf(setting: Setting): string {
  const { shownDefault, sandboxDefault } = setting;
  const value = shownDefault ?? valueText(setting.default);
  return sandboxDefault === undefined ? value : `${value}; in the sandbox ${valueText(sandboxDefault)}`;
}

function valueText(value: unknown): string {
  if (value === '') return 'empty';
  if (typeof value === 'boolean') return code(value ? 'on' : 'off');
  return code(String(value));
}

function shown(value: number): string {
  return value.toLocaleString('en-US');
}
