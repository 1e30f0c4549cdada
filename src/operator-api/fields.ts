import Type from 'typebox';
import { Matching } from '../http/validation.ts';

/** Fields that several routes of the operator API read. */

const NOT_BLANK = '^[^\\p{Cc}\\p{Cs}]*[^\\p{C}\\s][^\\p{Cc}\\p{Cs}]*$';
const REASON_MAX = 200;

/** Why a person does something, as it is stored for other people of the operator. */
export const Reason = Matching(NOT_BLANK, 'must say why, without control characters', {
  minLength: 1,
  maxLength: REASON_MAX,
  description: 'Kept for operators; merchants do not see it',
});

const LIMIT_MAX = 100;
export const LIMIT_DEFAULT = 50;
export const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: LIMIT_MAX, default: LIMIT_DEFAULT }));

/** Where a page begins, of lists that are sorted by time. */
export const CursorText = Type.Optional(
  Type.String({ minLength: 1, maxLength: 512, description: '`nextCursor` of the page before' }),
);

/** The id of an account at a marketplace. */
export const MarketplaceId = Matching('^[a-z][a-z0-9-]{0,31}$', 'must be the id of an account, such as waxpeer');
