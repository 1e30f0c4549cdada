import { accountProof, walletProof } from './account-rules.ts';
import { archiveProof } from './archive-rules.ts';
import { auditProof } from './audit-rules.ts';
import { cancellationProof } from './cancellation-rules.ts';
import { clientUsageProof } from './client-usage-rules.ts';
import { itemProof } from './item-rules.ts';
import { logProof } from './log-rules.ts';
import { purchaseProof, referenceProof } from './purchase-rules.ts';
import type { Proof, Rule } from './rule.ts';
import { tradeProof } from './trade-rules.ts';
import { transferProof } from './transfer-rules.ts';

/** All rules of `skinrail verify`, the money first. Proofs of one walk run together. */
export const proofs: readonly Proof[] = [
  accountProof,
  walletProof,
  clientUsageProof,
  transferProof,
  itemProof,
  tradeProof,
  referenceProof,
  purchaseProof,
  cancellationProof,
  logProof,
  archiveProof,
  auditProof,
];

export const rules: readonly Rule[] = proofs.flatMap((proof) => proof.rules);
