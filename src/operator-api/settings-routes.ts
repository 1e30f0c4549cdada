import Type, { type Static } from 'typebox';
import { type Config, type SettingName, settingGroups, settings } from '../config/settings.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { urlWithoutSecrets } from '../operators/url-secrets.ts';
import { asStaff, type PersonGuards } from './guard.ts';
import { orNull } from './wire.ts';

/** Settings whose values nobody is shown. */
const secret: ReadonlySet<SettingName> = new Set(['secretKey', 'secretKeyPrevious']);

const SettingWire = Type.Object(
  {
    variable: Type.String({ description: 'The environment variable that sets it' }),
    value: orNull(
      Type.String({ description: 'null: a secret. Of URLs without user, password and query. Empty: not set' }),
    ),
    isSet: Type.Boolean({ description: 'Whether it has a value' }),
    source: Type.Enum(['flag', 'environment', 'default'], {
      description: '`flag`: of the command that started the node, `environment`: its variable',
    }),
    meaning: Type.String({ description: 'In Markdown, without links' }),
  },
  { $id: 'Setting' },
);

const SettingGroup = Type.Object({ title: Type.String(), settings: Type.Array(SettingWire) }, { $id: 'SettingGroup' });

/** With what the answering node was started. Settings are changed where it is started, not here. */
export function settingsRoute(app: App, guards: PersonGuards): void {
  const { config } = guards.deps;
  app.get(
    '/operator/v1/settings',
    {
      ...asStaff(guards, 'read'),
      schema: {
        summary: 'The settings of the node that answers, and where each value comes from',
        tags: ['settings'],
        response: { 200: Ok(Type.Array(SettingGroup)) },
      },
    },
    async (request) => ok(request, groupsOf(config)),
  );
}

function groupsOf(config: Config): Static<typeof SettingGroup>[] {
  return Object.entries(settingGroups).map(([title, group]) => ({
    title,
    settings: Object.keys(group).map((name) => settingToWire(config, name as SettingName)), // groups hold settings
  }));
}

function settingToWire(config: Config, name: SettingName): Static<typeof SettingWire> {
  const { variable, meaning } = settings[name];
  const value = textOf(config[name]);
  return {
    variable,
    value: secret.has(name) ? null : value.includes('://') ? urlWithoutSecrets(value) : value,
    isSet: value !== '',
    source: config.sources[name],
    meaning: meaning.replaceAll(LINK, '$1'),
  };
}

/** The pages to which they lead are not served. */
const LINK = /\[([^\]]*)\]\([^)]*\)/g;

function textOf(value: Config[SettingName]): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  // How numbers say "not set".
  return value === -1 ? '' : String(value);
}
