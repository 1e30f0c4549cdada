import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { LIVE_MS } from '../../api/query-client.ts';
import type { FreezeEntry, MerchantEntry, StartedFreeze } from '../../api/schema.d.ts';
import type { StopScope } from '../../shared/stop-effects.tsx';

export type { FreezeEntry, MerchantEntry, StartedFreeze };

/** What is stopped, as the API names it. */
export interface Stopped {
  readonly scope: StopScope;
  /** The id of the merchant or of the account; absent for everything. */
  readonly target?: string;
}

/** The freezes in force, oldest first. */
export function useFreezes() {
  return useQuery({
    queryKey: ['freezes'],
    queryFn: ({ signal }) => dataOf(api.GET('/operator/v1/freezes', { signal })),
    refetchInterval: LIVE_MS,
  });
}

const FOUND_MAX = 20;

/** Merchants with a part of a name or id, to choose one of them. */
export function useMerchantChoice(text: string, isEnabled: boolean) {
  return useQuery({
    queryKey: ['merchants', 'choice', text],
    queryFn: ({ signal }) => {
      const query = { limit: FOUND_MAX, ...(text === '' ? {} : { q: text }) };
      return dataOf(api.GET('/operator/v1/merchants', { params: { query }, signal }));
    },
    enabled: isEnabled,
    placeholderData: (earlier) => earlier,
  });
}

export function startFreeze(stopped: Stopped, reason: string): Promise<StartedFreeze> {
  return dataOf(api.POST('/operator/v1/freezes', { body: { ...stopped, reason } }));
}

export async function liftFreeze(stopped: Stopped): Promise<void> {
  await dataOf(api.POST('/operator/v1/freezes/remove', { body: stopped }));
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/**
 * What has happened when buying was stopped.
 * @param what begins a sentence: `Buying with waxpeer`
 */
export function startedText(what: string, { isNew, underWay, cancelledFrom }: StartedFreeze): string {
  if (!isNew) return `${what} was stopped before, and stays as it was.`;
  const purchases = underWay === 1 ? '1 purchase is' : `${underWay} purchases are`;
  const completed = underWay === 0 ? '' : ` ${purchases} under way and will be completed.`;
  return `${what} is stopped.${completed} Items that wait are cancelled from ${clock.format(new Date(cancelledFrom))} on.`;
}

/** What a freeze stops, as it begins a sentence. */
export function stoppedName({ scope, target, name }: Pick<FreezeEntry, 'scope' | 'target' | 'name'>): string {
  if (scope === 'all') return 'All buying';
  return scope === 'supplier' ? `Buying with ${target}` : `Buying of ${name.replace(/^merchant /, '')}`;
}

/** The scope and target of a freeze, as the API wants them. */
export function stoppedOf({ scope, target }: Pick<FreezeEntry, 'scope' | 'target'>): Stopped {
  return { scope, ...(target === null ? {} : { target }) };
}
