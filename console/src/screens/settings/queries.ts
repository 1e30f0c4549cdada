import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import type { Setting, SettingGroup } from '../../api/schema.d.ts';

export type { Setting, SettingGroup };

/** With what the node that answers was started; it does not change while the node runs. */
export function useSettings() {
  return useQuery({
    queryKey: ['settings'],
    queryFn: ({ signal }) => dataOf(api.GET('/operator/v1/settings', { signal })),
  });
}

export interface SettingFilter {
  /** A part of the variable's name or of the meaning. */
  readonly q: string;
  /** Without those that have their default. */
  readonly onlyChanged: boolean;
}

/** The groups that have a matching setting, with those only. */
export function matching(groups: readonly SettingGroup[], { q, onlyChanged }: SettingFilter): SettingGroup[] {
  const wanted = q.toLowerCase();
  const isWanted = ({ variable, meaning, source }: Setting) =>
    (!onlyChanged || source !== 'default') && `${variable} ${meaning}`.toLowerCase().includes(wanted);
  return groups
    .map(({ title, settings }) => ({ title, settings: settings.filter(isWanted) }))
    .filter(({ settings }) => settings.length > 0);
}
