import { budgetMutations } from './budgets.ts';
import { callbackUrlMutations } from './callback-urls.ts';
import { callbackMutations } from './callbacks.ts';
import { cancellationMutations } from './cancellations.ts';
import { clientMutations } from './clients.ts';
import { databaseMutations } from './database.ts';
import { feedMutations } from './feeds.ts';
import { freezeMutations } from './freezes.ts';
import { moneyMutations } from './money.ts';
import type { Mutation } from './mutation.ts';
import { operatorMutations } from './operators.ts';
import { peopleMutations } from './people.ts';
import { purchaseMutations } from './purchases.ts';
import { quickBuyMutations } from './quick-buys.ts';
import { receivingMutations } from './receiving.ts';
import { recoveryMutations } from './recovery.ts';
import { retentionMutations } from './retention.ts';
import { routingMutations } from './routing.ts';
import { strangerMutations } from './strangers.ts';
import { timerMutations } from './timer.ts';

/** Every fault that the suites must catch. One that survives is a hole in them. */
export const mutations: readonly Mutation[] = [
  ...purchaseMutations,
  ...budgetMutations,
  ...quickBuyMutations,
  ...routingMutations,
  ...feedMutations,
  ...freezeMutations,
  ...cancellationMutations,
  ...timerMutations,
  ...moneyMutations,
  ...receivingMutations,
  ...recoveryMutations,
  ...retentionMutations,
  ...callbackUrlMutations,
  ...callbackMutations,
  ...clientMutations,
  ...strangerMutations,
  ...databaseMutations,
  ...operatorMutations,
  ...peopleMutations,
];
