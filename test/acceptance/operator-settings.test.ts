import { expect, test } from 'vitest';
import { environment } from '../../src/config/config.ts';
import { usePeople } from '../support/visitor.ts';
import { useOwnWorld } from '../support/world.ts';

/** Staff read with what a node was started. */

const REDIS_PASSWORD = 'a word that nobody sees';
const SECRET_KEY = 'c7'.repeat(16) + '5e'.repeat(16);
const world = useOwnWorld({
  SECRET_KEY,
  AUTO_CANCEL_MIN: '45',
  REDIS_URL: `redis://ann:${REDIS_PASSWORD}@127.0.0.1:1`,
});
const { signedIn } = usePeople(world);

interface Setting {
  readonly variable: string;
}

test('every setting is shown with its value, where it comes from and what it means, but no secret', async () => {
  const groups = await (await signedIn('auditor')).gets('/operator/v1/settings');
  const all: Setting[] = groups.flatMap(({ settings }: { settings: Setting[] }) => settings);
  expect(all.map(({ variable }) => variable).sort()).toEqual(Object.values(environment).sort());
  const named = (variable: string) => all.find((each) => each.variable === variable);
  expect(named('AUTO_CANCEL_MIN')).toMatchObject({ value: '45', isSet: true, source: 'environment' });
  expect(named('CONSOLE')).toMatchObject({ value: 'on', source: 'default' });
  expect(named('ADMIN_PORT')).toMatchObject({ value: '', isSet: false, source: 'default' });
  expect(named('SECRET_KEY')).toMatchObject({ value: null, isSet: true, source: 'environment' });
  expect(named('SECRET_KEY_PREVIOUS')).toMatchObject({ value: null, isSet: false });
  expect(named('REDIS_URL')).toMatchObject({ value: 'redis://-@127.0.0.1:1' });
  const text = JSON.stringify(groups);
  expect(text).not.toContain(REDIS_PASSWORD);
  expect(text).not.toContain(SECRET_KEY);
  expect(text).not.toContain('.md');
});
