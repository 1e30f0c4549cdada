const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const units = [
  ['day', DAY_MS],
  ['hour', HOUR_MS],
  ['minute', MINUTE_MS],
] as const;

/** How long something has been so, in its largest unit: `3 hours`. */
export function ageText(ms: number): string {
  const unit = units.find(([, length]) => ms >= length);
  if (!unit) return 'less than a minute';
  const [name, length] = unit;
  const count = Math.floor(ms / length);
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

/** A measured time in at most two units: `840 ms`, `2.4 s`, `3 min`, `1 h 20 min`, `7 d`. */
export function durationText(ms: number): string {
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`;
  if (ms < 10 * SECOND_MS) return `${(ms / SECOND_MS).toFixed(1)} s`;
  if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)} s`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < DAY_MS) return inTwo(ms, [HOUR_MS, 'h'], [MINUTE_MS, 'min']);
  return inTwo(ms, [DAY_MS, 'd'], [HOUR_MS, 'h']);
}

type Unit = readonly [length: number, name: string];

function inTwo(ms: number, [large, largeName]: Unit, [small, smallName]: Unit): string {
  const rest = Math.floor((ms % large) / small);
  return `${Math.floor(ms / large)} ${largeName}${rest === 0 ? '' : ` ${rest} ${smallName}`}`;
}
