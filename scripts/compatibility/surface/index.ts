import { auth } from './auth.ts';
import { buying, cancelling, trades } from './buying.ts';
import { market } from './market.ts';
import { crypto, sellingSide, verification } from './not-offered.ts';
import type { Operation, Section } from './shape.ts';
import { health, wallet } from './wallet.ts';

/** All of the public API, in the order of the page. */
export const sections: readonly Section[] = [
  auth,
  market,
  buying,
  cancelling,
  trades,
  wallet,
  health,
  sellingSide,
  crypto,
  verification,
];

export const operations: readonly Operation[] = sections.flatMap((section) => section.operations);

export const nameOf = ({ method, path }: Pick<Operation, 'method' | 'path'>): string => `${method} ${path}`;
