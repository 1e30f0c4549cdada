const full: Intl.DateTimeFormatOptions = { month: 'short', day: '2-digit', hour: '2-digit', minute: '2-digit' };
const thisYear = new Intl.DateTimeFormat(undefined, { ...full, second: '2-digit', hourCycle: 'h23' });
const otherYear = new Intl.DateTimeFormat(undefined, { ...full, year: 'numeric', hourCycle: 'h23' });
const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const date = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric', month: 'long', year: 'numeric' });

interface TimeProps {
  /** As the API answers it; null: `–`. */
  readonly at: string | null;
  /** `clock` leaves the date out, where it stands beside. */
  readonly show?: 'full' | 'clock' | 'date';
}

/** A time in the zone of the person who looks at it. The exact time in UTC is in its title. */
export function Time({ at, show = 'full' }: TimeProps) {
  if (at === null) return <span className="muted">–</span>;
  const time = new Date(at);
  return (
    <time dateTime={at} title={utcOf(time)} style={{ whiteSpace: 'nowrap' }}>
      {localTime(time, show)}
    </time>
  );
}

function localTime(time: Date, show: 'full' | 'clock' | 'date'): string {
  if (show === 'clock') return clock.format(time);
  if (show === 'date') return date.format(time);
  return (time.getFullYear() === new Date().getFullYear() ? thisYear : otherYear).format(time);
}

/** `2026-07-31 12:00:00.000 UTC` */
export function utcOf(time: Date): string {
  return time.toISOString().replace('T', ' ').replace('Z', ' UTC');
}

/** Whether two times have the same date in the zone of the person. */
export function isSameDate(a: string, b: string): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}
