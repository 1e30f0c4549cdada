import Type, { type Static } from 'typebox';
import { type LimitedRoute, routeLimits, windowOf } from '../auth/rate-limits.ts';
import { errors } from '../core/errors.ts';
import { decimal } from '../core/money.ts';
import type { MerchantRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { findMerchant } from '../merchants/queries.ts';
import { ownLimits } from '../merchants/settings.ts';
import { withoutUrlSecrets } from '../operators/url-secrets.ts';
import { type Balance, balanceOf } from '../wallets/operations.ts';
import { Dollars, Id, iso, orNull, Time } from './wire.ts';

/** Merchants as staff and members see them. */

export const MerchantParams = Type.Object({ merchantId: Id });

export const routeNames = Object.keys(routeLimits) as LimitedRoute[]; // Object.keys forgets the literal type

export const MerchantEntry = Type.Object(
  {
    id: Id,
    name: Type.String(),
    verified: Type.Boolean(),
    feeBps: Type.Integer({ description: 'On top of the marketplaces’ prices, in hundredths of a percent' }),
    createdAt: Time(),
    disabledAt: orNull(Time()),
    callbacksOffSince: orNull(Time()),
  },
  { $id: 'MerchantEntry' },
);

export const MerchantDetails = Type.Object(
  {
    id: Id,
    name: Type.String(),
    verified: Type.Boolean(),
    feeBps: Type.Integer({ description: 'On top of the marketplaces’ prices, in hundredths of a percent' }),
    createdAt: Time(),
    disabledAt: orNull(Time('Since when its keys are refused')),
    strictApproval: Type.Boolean({ description: 'Whether only {"action":"approve"} approves a trade' }),
    limits: Type.Array(
      Type.Object({
        route: Type.Enum([...routeNames]),
        max: Type.Integer({ description: 'Requests' }),
        per: Type.Enum(['minute', 'hour']),
        isOwn: Type.Boolean({ description: 'Whether it was set for this merchant; otherwise it is the default' }),
      }),
    ),
    callbackUrl: orNull(Type.String({ description: 'Without what can be a secret in it: user, password and query' })),
    callbacksOffSince: orNull(Time('Since when callbacks are switched off; null: they are on')),
    callbacksOffReason: orNull(Type.String()),
    callbacksFailingSince: orNull(Time('Since when its server has taken none')),
    hasApiSecret: Type.Boolean({ description: 'Whether callbacks can be signed' }),
    previousSecretUntil: orNull(Time('Until when callbacks are also signed with the secret before')),
    hasTokenSecret: Type.Boolean({ description: 'Whether client tokens have a secret of their own' }),
    available: Dollars,
    locked: Dollars,
  },
  { $id: 'MerchantDetails' },
);

/** @throws NOT_FOUND */
export async function requireKnownMerchant(deps: Pick<Deps, 'db'>, merchantId: string): Promise<MerchantRow> {
  const merchant = await findMerchant(deps, merchantId);
  if (!merchant) throw errors.of('NOT_FOUND', { message: 'There is no merchant with this id.' });
  return merchant;
}

export function merchantEntry(merchant: MerchantRow): Static<typeof MerchantEntry> {
  return {
    id: merchant.id,
    name: merchant.name,
    verified: merchant.verified,
    feeBps: merchant.fee_bps,
    createdAt: iso(merchant.created_at),
    disabledAt: iso(merchant.disabled_at),
    callbacksOffSince: iso(merchant.callback_disabled_at),
  };
}

/** What is known of a merchant, without a secret. */
export async function merchantDetails(
  deps: Pick<Deps, 'db' | 'clock'>,
  merchant: MerchantRow,
): Promise<Static<typeof MerchantDetails>> {
  const { callback_url: url } = merchant;
  return {
    ...merchantEntry(merchant),
    strictApproval: merchant.strict_approval,
    limits: limitsOf(merchant),
    callbackUrl: url === null ? null : withoutUrlSecrets(url),
    callbacksOffReason: merchant.callback_disabled_reason,
    callbacksFailingSince: iso(merchant.callback_failing_since),
    hasApiSecret: merchant.api_secret_sealed !== null,
    previousSecretUntil: iso(merchant.previous_secret_until),
    hasTokenSecret: merchant.token_secret_sealed !== null,
    ...balanceToWire(await balanceOf(deps, merchant.id)),
  };
}

export function balanceToWire({ available, locked }: Balance) {
  return { available: decimal(available), locked: decimal(locked) };
}

function limitsOf(merchant: MerchantRow): Static<typeof MerchantDetails>['limits'] {
  const own = ownLimits(merchant);
  return routeNames.map((route) => {
    const max = own[route] ?? routeLimits[route][merchant.verified ? 'verified' : 'unverified'];
    return { route, max, per: windowOf(route), isOwn: own[route] !== undefined };
  });
}
