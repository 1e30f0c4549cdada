import { isLimitedRoute, windowOf } from '../auth/rate-limits.ts';
import type { MerchantRow } from '../db/tables.ts';
import { type Cell, columns } from './format.ts';
import type { Report } from './task.ts';

/** The report of every command about one merchant, with the lines that the command adds. */
export function merchantReport(
  merchant: MerchantRow,
  more: readonly (readonly Cell[])[],
  moreJson: Readonly<Record<string, unknown>>,
): Report {
  const lines = [
    ['id', merchant.id],
    ['name', merchant.name],
    ['verified', merchant.verified],
    ['fee', feeText(merchant.fee_bps)],
    ['own limits', limitsText(merchant.route_limits)],
    ['callback url', merchant.callback_url],
    ['callbacks', callbacksText(merchant)],
    ...(merchant.strict_approval ? [['approval', 'strict: only {"action":"approve"}']] : []),
    ...(merchant.previous_secret_until === null ? [] : [['old secret until', merchant.previous_secret_until]]),
    ...(merchant.token_secret_sealed === null ? [] : [['tokens', 'signed with a separate secret']]),
    ...(merchant.previous_token_secret_until === null
      ? []
      : [['old tokens until', merchant.previous_token_secret_until]]),
    ['disabled', merchant.disabled_at],
    ['created', merchant.created_at],
  ];
  return { text: columns([...lines, ...more]), json: { ...merchantJson(merchant), ...moreJson } };
}

export function merchantJson(merchant: MerchantRow) {
  return {
    id: merchant.id,
    name: merchant.name,
    verified: merchant.verified,
    feeBps: merchant.fee_bps,
    routeLimits: merchant.route_limits,
    callbackUrl: merchant.callback_url,
    strictApproval: merchant.strict_approval,
    callbacksOffSince: merchant.callback_disabled_at,
    callbacksOffReason: merchant.callback_disabled_reason,
    callbacksFailingSince: merchant.callback_failing_since,
    previousSecretUntil: merchant.previous_secret_until,
    hasTokenSecret: merchant.token_secret_sealed !== null,
    previousTokenSecretUntil: merchant.previous_token_secret_until,
    disabledAt: merchant.disabled_at,
    createdAt: merchant.created_at,
  };
}

/** Whether callbacks are sent; if not, since when and why. */
function callbacksText(merchant: MerchantRow): string {
  const {
    callback_disabled_at: offSince,
    callback_disabled_reason: reason,
    callback_failing_since: failing,
  } = merchant;
  if (offSince) return `off since ${offSince.toISOString()}: ${reason}`;
  if (merchant.api_secret_sealed === null) return 'not sent: the merchant has no API secret';
  if (merchant.callback_url === null) return 'not sent: the merchant has no callback URL';
  return failing ? `on, none accepted since ${failing.toISOString()}` : 'on';
}

export function feeText(feeBps: number): string {
  return `${(feeBps / 100).toFixed(2)} %`;
}

function limitsText(limits: unknown): string {
  return Object.entries(limits ?? {})
    .map(([route, max]) => `${route} ${max}/${unitOf(route)}`)
    .join(', ');
}

/** The database may hold a limit for a route of another version; it is shown as well. */
function unitOf(route: string): string {
  return isLimitedRoute(route) && windowOf(route) === 'hour' ? 'h' : 'min';
}
