import { patternNames } from './surface/rules.ts';
import type { Rule } from './surface/shape.ts';

/** A rule as people say it. */
export function inWords(rule: Rule): string {
  const { enum: values, pattern, format, default: fallback, nullable } = rule;
  const parts = [
    values ? values.map((value) => `\`${value}\``).join(', ') : kind(rule),
    range(rule),
    pattern === undefined ? '' : (patternNames[pattern] ?? `\`${pattern}\``),
    format === 'date-time' ? 'a time' : format,
    nullable ? 'or null' : '',
    fallback === undefined ? '' : `default \`${fallback}\``,
  ];
  return parts.filter(Boolean).join(', ');
}

const kinds = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  array: 'list',
  object: 'object',
} as const;

/** A pattern or a format says more than "text". */
function kind({ type, pattern, format }: Rule): string {
  if (type === undefined || (type === 'string' && (pattern ?? format) !== undefined)) return '';
  return kinds[type];
}

function range({ minimum, exclusiveMinimum, maximum, minLength, maxLength, minItems, maxItems }: Rule): string {
  if (exclusiveMinimum !== undefined)
    return `above ${exclusiveMinimum}${maximum === undefined ? '' : `, to ${number(maximum)}`}`;
  return (
    between(minimum, maximum, '') ||
    between(minLength, maxLength, minLength === 1 && maxLength === undefined ? ' character' : ' characters') ||
    between(minItems, maxItems, ' entries')
  );
}

function between(low: number | undefined, high: number | undefined, unit: string): string {
  if (low === undefined && high === undefined) return '';
  if (high === undefined) return `${number(low)}${unit} or more`;
  return low === undefined ? `to ${number(high)}${unit}` : `${number(low)}–${number(high)}${unit}`;
}

function number(value: number | undefined): string {
  return (value ?? 0).toLocaleString('en-US');
}
