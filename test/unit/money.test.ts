import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ApiError } from '../../src/core/errors.ts';
import {
  add,
  declinePenalty,
  fromMerchantDollars,
  greatestWithin,
  type Mills,
  markedUp,
  NOTHING,
  parseDollars,
  subtract,
  sum,
  toDecimalText,
  toMerchantDollars,
  toMills,
  withFeeRoundedUp,
} from '../../src/core/money.ts';
import { ceilingFor, fits, highestAccepted, quote } from '../../src/market/pricing.ts';

/** Exact money. Amounts go up to a billion dollars here, far above any price. */

const amount = fc.bigInt({ min: 0n, max: 1_000_000_000_000n }).map(toMills);
const wholeCents = fc.bigInt({ min: 0n, max: 100_000_000_000n }).map((cents) => toMills(cents * 10n));
const feeBps = fc.integer({ min: 0, max: 5000 });

describe('decimal text', () => {
  test('goes there and back without a change', () => {
    fc.assert(
      fc.property(amount, (mills) => {
        expect(parseDollars(toDecimalText(mills), 3)).toBe(mills);
      }),
    );
  });

  test('always has three decimals, and keeps the sign', () => {
    fc.assert(
      fc.property(amount, (mills) => {
        expect(toDecimalText(mills)).toMatch(/^\d+\.\d{3}$/);
        if (mills > 0n) expect(toDecimalText(toMills(-mills))).toBe(`-${toDecimalText(mills)}`);
      }),
    );
  });

  test.each([
    ['0', 0n],
    ['0.001', 1n],
    ['0.01', 10n],
    ['0.1', 100n],
    ['1', 1000n],
    ['12.345', 12_345n],
    ['12.340', 12_340n],
    ['007', 7000n],
    ['999999999999.999', 999_999_999_999_999n],
  ])('%s is read as it is', (text, mills) => {
    expect(parseDollars(text, 3)).toBe(mills);
  });

  test.each([
    '',
    '.',
    '.5',
    '5.',
    '-1',
    '+1',
    '1e3',
    '1,000',
    ' 1',
    '1 ',
    '1\n',
    '0x10',
    'NaN',
    'Infinity',
    '١',
    '1.0000',
    '1.2.3',
    '1'.repeat(13),
  ])('%j is no amount', (text) => {
    expect(parseDollars(text, 3)).toBeNull();
  });

  test('three decimals are for suppliers, not for merchants', () => {
    expect(parseDollars('1.005', 3)).toBe(1005n);
    expect(parseDollars('1.005', 2)).toBeNull();
    expect(parseDollars('1.050', 2)).toBeNull(); // as text it has three
  });
});

describe('a merchant’s dollars', () => {
  test('go there and back as JSON numbers, for every whole cent', () => {
    fc.assert(
      fc.property(wholeCents, (mills) => {
        const onWire: number = JSON.parse(JSON.stringify(toMerchantDollars(mills)));
        expect(fromMerchantDollars(onWire, 'price')).toBe(mills);
      }),
    );
  });

  test.each([0.1 + 0.2, 1e-7, 1e21, -1, 15.485, Number.NaN, Number.POSITIVE_INFINITY, 1.005])(
    '%s is refused, with the field named',
    (dollars) => {
      const refused = () => fromMerchantDollars(dollars, 'items.0.price');
      expect(refused).toThrow(ApiError);
      expect(refused).toThrow(
        expect.objectContaining({
          key: 'VALIDATION_FAILED',
          context: expect.objectContaining({ fields: { 'items.0.price': expect.any(String) } }),
        }),
      );
    },
  );

  test('with a fraction of a cent are a mistake of ours, not an answer', () => {
    for (const mills of [1n, 15_485n, -5n])
      expect(() => toMerchantDollars(toMills(mills))).toThrow(/whole number of cents/);
    expect(toMerchantDollars(toMills(-12_340n))).toBe(-12.34);
  });
});

describe('the markup of a marketplace', () => {
  const markup = fc.integer({ min: 0, max: 10_000 });

  test('is rounded up once together with the fee: never less than due, never a whole cent more', () => {
    fc.assert(
      fc.property(amount, feeBps, markup, (mills, fee, bps) => {
        const price = withFeeRoundedUp(mills, fee, bps);
        const exact = mills * BigInt(10_000 + bps) * BigInt(10_000 + fee);
        expect(price % 10n).toBe(0n);
        expect(price * 100_000_000n).toBeGreaterThanOrEqual(exact);
        expect((price - 10n) * 100_000_000n).toBeLessThan(exact);
      }),
    );
  });

  test('of nothing changes no price and no ceiling', () => {
    fc.assert(
      fc.property(amount, feeBps, (mills, fee) => {
        expect(withFeeRoundedUp(mills, fee, 0)).toBe(withFeeRoundedUp(mills, fee));
        expect(greatestWithin(mills, fee, 0)).toBe(greatestWithin(mills, fee));
      }),
    );
  });

  test('leaves as ceiling the most that the marketplace may charge, and not a mill less', () => {
    fc.assert(
      fc.property(wholeCents, feeBps, markup, (limit, fee, bps) => {
        const ceiling = greatestWithin(limit, fee, bps);
        expect(withFeeRoundedUp(ceiling, fee, bps)).toBeLessThanOrEqual(limit);
        expect(withFeeRoundedUp(toMills(ceiling + 1n), fee, bps)).toBeGreaterThan(limit);
      }),
    );
  });

  test('orders prices of marketplaces with other markups alike for every fee', () => {
    fc.assert(
      fc.property(amount, markup, amount, markup, feeBps, (one, bpsOfOne, other, bpsOfOther, fee) => {
        if (markedUp(one, bpsOfOne) > markedUp(other, bpsOfOther)) return;
        expect(withFeeRoundedUp(one, fee, bpsOfOne)).toBeLessThanOrEqual(withFeeRoundedUp(other, fee, bpsOfOther));
      }),
    );
  });
});

describe('the fee', () => {
  test('is rounded up once, to the cent: never less than due, never a whole cent more', () => {
    fc.assert(
      fc.property(amount, feeBps, (mills, fee) => {
        const price = withFeeRoundedUp(mills, fee);
        const exact = mills * BigInt(10_000 + fee); // in ten-thousandths of a thousandth
        expect(price % 10n).toBe(0n);
        expect(price * 10_000n).toBeGreaterThanOrEqual(exact);
        expect((price - 10n) * 10_000n).toBeLessThan(exact);
      }),
    );
  });

  test('keeps the order of prices: dearer never becomes cheaper', () => {
    fc.assert(
      fc.property(amount, amount, feeBps, (a, b, fee) => {
        const [low, high] = a <= b ? [a, b] : [b, a];
        expect(quote(low, fee) <= quote(high, fee)).toBe(true);
      }),
    );
  });

  test('of nothing on whole cents changes nothing', () => {
    fc.assert(
      fc.property(wholeCents, (mills) => {
        expect(withFeeRoundedUp(mills, 0)).toBe(mills);
      }),
    );
  });

  test.each([
    [15_250n, 150, 15_480n], // 15.47875
    [20_000n, 150, 20_300n], // exactly 20.30
    [1n, 0, 10n],
    [10n, 1, 20n], // 0.010001
    [0n, 150, 0n],
  ])('%s thousandths and %s hundredths of a percent are %s', (mills, fee, price) => {
    expect(withFeeRoundedUp(toMills(mills), fee)).toBe(price);
  });
});

describe('the decline penalty', () => {
  test('is 2 % in whole cents, never more than that, never more than $9', () => {
    fc.assert(
      fc.property(amount, (price) => {
        const penalty = declinePenalty(price);
        expect(penalty % 10n).toBe(0n);
        expect(penalty * 50n).toBeLessThanOrEqual(price);
        expect(penalty).toBeLessThanOrEqual(9000n);
        if (penalty < 9000n) expect((penalty + 10n) * 50n).toBeGreaterThan(price);
      }),
    );
  });

  test.each([
    ['0.49', '0.000'],
    ['0.50', '0.010'],
    ['11.63', '0.230'],
    ['449.99', '8.990'],
    ['450', '9.000'],
    ['450.01', '9.000'],
    ['100000', '9.000'],
  ])('of $%s is $%s', (price, penalty) => {
    expect(toDecimalText(declinePenalty(parseDollars(price, 3) ?? NOTHING))).toBe(penalty);
  });
});

describe('whether a price fits', () => {
  const tolerance = (price: bigint, slippageBps = 0, maxPrice: bigint | null = null) => ({
    price: toMills(price),
    slippageBps,
    maxPrice: maxPrice === null ? null : toMills(maxPrice),
  });

  test('cheaper or equal always does where no ceiling is set', () => {
    fc.assert(
      fc.property(amount, amount, fc.integer({ min: 0, max: 2000 }), (a, b, slippage) => {
        const [current, price] = a <= b ? [a, b] : [b, a];
        expect(fits(current, tolerance(price, slippage))).toBe(true);
      }),
    );
  });

  test('dearer does exactly as far as the tolerance reaches, compared without dividing', () => {
    fc.assert(
      fc.property(amount, fc.integer({ min: 0, max: 2000 }), (price, slippage) => {
        const limit = (price * BigInt(10_000 + slippage)) / 10_000n; // rounded down: what just fits
        expect(fits(toMills(limit), tolerance(price, slippage))).toBe(true);
        expect(fits(toMills(limit + 1n), tolerance(price, slippage))).toBe(false);
      }),
    );
  });

  test('the most that is accepted just fits, and a cent more does not', () => {
    const tolerances = fc.record({
      price: wholeCents,
      slippageBps: fc.integer({ min: 0, max: 2000 }),
      maxPrice: fc.option(wholeCents),
    });
    fc.assert(
      fc.property(tolerances, (wanted) => {
        const most = highestAccepted(wanted);
        expect(most % 10n).toBe(0n);
        expect(fits(most, wanted)).toBe(true);
        expect(fits(toMills(most + 10n), wanted)).toBe(false);
      }),
    );
  });

  test('a supplier may charge up to the ceiling: its quote stays within the limit, and a mill more would pass it', () => {
    fc.assert(
      fc.property(wholeCents, feeBps, (limit, fee) => {
        const ceiling = ceilingFor(limit, fee);
        expect(quote(ceiling, fee)).toBeLessThanOrEqual(limit);
        expect(quote(toMills(ceiling + 1n), fee)).toBeGreaterThan(limit);
      }),
    );
  });

  test('a ceiling decides in place of the price and the tolerance', () => {
    fc.assert(
      fc.property(amount, amount, amount, fc.integer({ min: 0, max: 2000 }), (current, price, max, slippage) => {
        expect(fits(current, tolerance(price, slippage, max))).toBe(current <= max);
      }),
    );
  });
});

test('sums are those of the integers, in any order', () => {
  fc.assert(
    fc.property(fc.array(amount), (amounts: Mills[]) => {
      const total = amounts.reduce((all, each) => all + each, 0n);
      expect(sum(amounts)).toBe(total);
      expect(sum(amounts.toReversed())).toBe(total);
      expect(amounts.reduce((rest, each) => subtract(rest, each), add(sum(amounts), NOTHING))).toBe(0n);
    }),
  );
});
