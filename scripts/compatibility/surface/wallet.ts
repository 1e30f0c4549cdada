import { instant } from './rules.ts';
import { path, query, type Section } from './shape.ts';

const statuses = [401, 403, 429, 500];
const noDashboard = 'By API key only: there is no dashboard with merchant tokens.';

export const wallet: Section = {
  title: 'Wallet and ledger',
  operations: [
    {
      method: 'GET',
      path: '/v1/wallets/me/balance',
      summary: 'Balance of the wallet',
      auth: 'merchant',
      statuses,
      parameters: [],
      differs: `${noDashboard} \`escrowBalance\` is always 0: there are no deposits.`,
    },
    {
      method: 'GET',
      path: '/v1/ledger/transactions',
      summary: 'Funding of the wallet',
      auth: 'merchant',
      statuses: [...statuses, 400],
      parameters: [
        query('type', { enum: ['DEPOSIT', 'WITHDRAWAL', 'REFUND', 'INTERNAL_TRANSFER'] }),
        query('status', {
          enum: [
            'INITIATED',
            'PENDING',
            'PENDING_ADMIN',
            'APPROVED',
            'REJECTED',
            'COMPLETED',
            'FAILED',
            'CANCELLED',
            'REFUNDED',
            'EXPIRED',
          ],
        }),
        query('startDate', { ...instant, nullable: true }),
        query('endDate', { ...instant, nullable: true }),
        query('limit', { type: 'integer', minimum: 1, maximum: 100, default: 50 }),
        query(
          'offset',
          { type: 'integer', minimum: 0, default: 0, nullable: true },
          { ours: { maximum: Number.MAX_SAFE_INTEGER }, decided: 'to 2^53 - 1' },
        ),
      ],
      differs: `${noDashboard} There are only the operator’s credits and debits, which no \`type\` or \`status\` selects.`,
    },
    {
      method: 'GET',
      path: '/v1/ledger/transactions/{transactionId}',
      summary: 'One transaction',
      auth: 'merchant',
      statuses: [...statuses, 404],
      parameters: [
        path(
          'transactionId*',
          { type: 'string', minLength: 1 },
          { ours: { maxLength: 128 }, decided: 'to 128 characters' },
        ),
      ],
      differs: `${noDashboard} Always 404, as in the public API for credits and debits.`,
    },
  ],
};

export const health: Section = {
  title: 'Health',
  operations: [
    {
      method: 'GET',
      path: '/health',
      summary: 'Health',
      auth: 'none',
      statuses: [],
      parameters: [],
      differs: '`maintenance.mode` is always `off`.',
    },
  ],
};
