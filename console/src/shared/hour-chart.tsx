import { type PointerEvent, useState } from 'react';
import classes from './hour-chart.module.css';

/** What a chart shows of an hour. */
export interface HourOfChart {
  /** When the hour begins, as the API answers it. */
  readonly from: string;
  /** The height of its bar. */
  readonly value: number;
  /** The value for people. */
  readonly text: string;
}

interface HourChartProps {
  readonly title: string;
  /** Oldest first; the last one is not over yet. */
  readonly hours: readonly HourOfChart[];
  /** Of all hours together, for people. */
  readonly total: string;
  /** The highest of all charts that are to be compared; absent: of this one. */
  readonly peak?: HourOfChart | undefined;
}

const HEIGHT = 100;
const GAP = 0.12;
/** A bar of an hour in which little happened can still be seen. */
const LOWEST = 1.5;

/**
 * A bar for each hour. What the pointer is on is read out above it. Screens show the same numbers in a table, because the
 * bars are one picture for screen readers.
 */
export function HourChart({ title, hours, total, peak = peakOf(hours) }: HourChartProps) {
  const [pointed, setPointed] = useState<number | null>(null);
  const point = ({ clientX, currentTarget }: PointerEvent<SVGSVGElement>) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    setPointed(Math.floor(((clientX - left) / width) * hours.length));
  };
  const hour = pointed === null ? undefined : hours[pointed];
  const highest = peak?.value ?? 0;
  return (
    <figure className={classes['root']}>
      <figcaption className={classes['head']}>
        <span className={classes['title']}>{title}</span>
        {hour ? (
          <span>
            <span className="muted">{hourText(hour.from)}</span> {hour.text}
          </span>
        ) : (
          <span>
            {total} <span className="muted">in all</span>
          </span>
        )}
      </figcaption>
      <div className={classes['plot']}>
        <span className={classes['peak']} aria-hidden>
          {highest > 0 ? peak?.text : ''}
        </span>
        <svg
          role="img"
          aria-label={summaryOf(title, hours, total)}
          viewBox={`0 0 ${hours.length} ${HEIGHT}`}
          preserveAspectRatio="none"
          className={classes['bars']}
          onPointerMove={point}
          onPointerLeave={() => setPointed(null)}
        >
          {hours.map(({ from, value }, index) => (
            <Bar
              key={from}
              index={index}
              share={highest === 0 ? 0 : value / highest}
              isOpen={index === hours.length - 1}
            />
          ))}
        </svg>
      </div>
      <Axis hours={hours} />
    </figure>
  );
}

interface BarProps {
  readonly index: number;
  /** Of the height of the chart, from 0 to 1. */
  readonly share: number;
  /** The hour goes on. */
  readonly isOpen: boolean;
}

function Bar({ index, share, isOpen }: BarProps) {
  if (share === 0) return null;
  const height = Math.max(LOWEST, share * HEIGHT);
  return (
    <rect
      x={index + GAP}
      y={HEIGHT - height}
      width={1 - 2 * GAP}
      height={height}
      className={classes['bar']}
      data-open={isOpen || undefined}
    />
  );
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });

function hourText(from: string): string {
  const time = new Date(from);
  return `${day.format(time)}, ${clock.format(time)}`;
}

/** A charted day has a label for every sixth hour, several days for every twelfth. */
const LABEL_HOURS = { day: 6, days: 12 } as const;
const DAY_HOURS = 24;
/** A label here would reach over the edge. */
const LAST_LABEL = 0.93;

/** Hours in the zone of the person; a day begins with its date. */
function Axis({ hours }: { readonly hours: readonly HourOfChart[] }) {
  const every = hours.length > DAY_HOURS ? LABEL_HOURS.days : LABEL_HOURS.day;
  const labels = hours
    .map(({ from }, index) => ({ time: new Date(from), at: index / hours.length }))
    .filter(({ time, at }) => time.getHours() % every === 0 && at < LAST_LABEL);
  return (
    <div className={classes['axis']} aria-hidden>
      {labels.map(({ time, at }) => (
        <span key={time.toISOString()} className={classes['label']} style={{ left: `${at * 100}%` }}>
          {time.getHours() === 0 ? day.format(time) : clock.format(time)}
        </span>
      ))}
    </div>
  );
}

/** The hour with the highest value; undefined: there is none. */
export function peakOf(hours: readonly HourOfChart[]): HourOfChart | undefined {
  const [first, ...rest] = hours;
  return first && rest.reduce((highest, hour) => (hour.value > highest.value ? hour : highest), first);
}

function summaryOf(title: string, hours: readonly HourOfChart[], total: string): string {
  const peak = peakOf(hours);
  const most = peak && peak.value > 0 ? `, at most ${peak.text} in the hour from ${hourText(peak.from)}` : '';
  return `${title}, by hour: ${total} in the last ${hours.length} hours${most}.`;
}
