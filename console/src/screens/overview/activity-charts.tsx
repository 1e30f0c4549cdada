import { type Column, DataTable } from '../../shared/data-table.tsx';
import { HourChart, type HourOfChart, peakOf } from '../../shared/hour-chart.tsx';
import { dollars, Money, sumOf } from '../../shared/money.tsx';
import { Time } from '../../shared/time.tsx';
import classes from './overview.module.css';
import type { HourOfActivity } from './queries.ts';

interface ActivityProps {
  /** Oldest first. */
  readonly activity: readonly HourOfActivity[];
}

/** What happened in each of the last hours, as bars and as a table. */
export function ActivityCharts({ activity }: ActivityProps) {
  return (
    <div className={classes['charts']}>
      <div className={classes['pair']}>
        <CountChart title="Trades" activity={activity} of={({ trades }) => trades} />
        <CountChart title="Cancellations" activity={activity} of={({ cancellations }) => cancellations} />
      </div>
      <MoneyCharts activity={activity} />
      <details>
        <summary>The same as a table</summary>
        <div className={classes['table']}>
          <DataTable
            caption="Activity by hour, newest first"
            columns={columns}
            rows={activity.toReversed()}
            rowKey={({ from }) => from}
            empty=""
          />
        </div>
      </details>
    </div>
  );
}

interface CountChartProps extends ActivityProps {
  readonly title: string;
  readonly of: (hour: HourOfActivity) => number;
}

function CountChart({ title, activity, of }: CountChartProps) {
  const hours = activity.map((hour) => ({ from: hour.from, value: of(hour), text: of(hour).toLocaleString() }));
  const total = hours.reduce((sum, { value }) => sum + value, 0);
  return <HourChart title={title} hours={hours} total={total.toLocaleString()} />;
}

/** With one scale, so that they can be compared. */
function MoneyCharts({ activity }: ActivityProps) {
  const charts = [
    moneyChart('Reserved for purchases', activity, ({ reserved }) => reserved),
    moneyChart('Captured', activity, ({ captured }) => captured),
    moneyChart('Refunded', activity, ({ refunded }) => refunded),
  ];
  const peak = peakOf(charts.flatMap(({ hours }) => hours));
  return (
    <div className={classes['triple']}>
      {charts.map((chart) => (
        <HourChart key={chart.title} {...chart} peak={peak} />
      ))}
    </div>
  );
}

function moneyChart(title: string, activity: readonly HourOfActivity[], of: (hour: HourOfActivity) => string) {
  // A number is exact enough for the height of a bar.
  const hours: HourOfChart[] = activity.map((hour) => ({
    from: hour.from,
    value: Number(of(hour)),
    text: dollars(of(hour)),
  }));
  return { title, hours, total: dollars(sumOf(activity.map(of))) };
}

const columns: readonly Column<HourOfActivity>[] = [
  { header: 'From', cell: ({ from }) => <Time at={from} /> },
  { header: 'Trades', align: 'right', cell: ({ trades }) => trades.toLocaleString() },
  { header: 'Cancellations', align: 'right', cell: ({ cancellations }) => cancellations.toLocaleString() },
  { header: 'Reserved', align: 'right', cell: ({ reserved }) => <Money amount={reserved} /> },
  { header: 'Captured', align: 'right', cell: ({ captured }) => <Money amount={captured} /> },
  { header: 'Refunded', align: 'right', cell: ({ refunded }) => <Money amount={refunded} /> },
];
