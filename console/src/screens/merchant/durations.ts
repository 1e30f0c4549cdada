/** How long something old goes on working beside what replaces it, in seconds. */
const DURATIONS = [
  { value: '0', label: 'Not at all: it leaked', until: 'at once' },
  { value: '3600', label: '1 hour', until: 'in 1 hour' },
  { value: '86400', label: '1 day', until: 'in 1 day' },
  { value: '604800', label: '7 days', until: 'in 7 days' },
];

/** A day, in which a merchant can deploy what is new. */
export const DEFAULT_SECONDS = '86400';

/** For a select. */
export const durations = DURATIONS.map(({ value, label }) => ({ value, label }));

/** When something ends: `in 1 day`. */
export function endOf(seconds: string): string {
  return DURATIONS.find(({ value }) => value === seconds)?.until ?? `in ${seconds} seconds`;
}
