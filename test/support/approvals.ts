import { expect } from 'vitest';
import type { Merchant } from './merchant.ts';
import type { World } from './world.ts';

/** The merchant buys one listing, is asked, and whatever follows from its answer has happened. */
export async function buysOne(world: World, merchant: Merchant, behaviour = 'never-ships') {
  const { body } = await merchant.asksToBuy([world.testListing(behaviour)]);
  expect(body.error).toBeUndefined();
  expect(body.data.status).toBe('initiated');
  await world.settles();
  return body.data as { id: string; items: { id: string }[] }; // as the API says
}

export function purchasesOf(world: World, tradeId: string) {
  return world.gateway.deps.db.selectFrom('purchase').select('state').where('trade_id', '=', tradeId).execute();
}

export function approvalOf(world: World, tradeId: string) {
  return world.gateway.deps.db
    .selectFrom('approval')
    .select(['state', 'attempts', 'failures', 'reason'])
    .where('trade_id', '=', tradeId)
    .executeTakeFirstOrThrow();
}
