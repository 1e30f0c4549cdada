import Type from 'typebox';

/** Fields that several routes of buying take. */

export const GameField = Type.Enum(['730', '252490'], { default: '730', description: '730 is CS2, 252490 is Rust' });
export const Price = Type.Number({ exclusiveMinimum: 0, maximum: 100_000 });
