import { useEffect, useState } from 'react';
import { ageText } from './duration.ts';
import { gatewayNow, onGatewayTime } from './gateway-clock.ts';
import { utcOf } from './time.tsx';

/** Ages are in minutes at the finest. */
const TICK_MS = 15_000;

/** The time of the gateway, which goes on while the screen is open. */
export function useNow(tickMs = TICK_MS): number {
  const [now, setNow] = useState(gatewayNow);
  useEffect(() => {
    const update = () => setNow(gatewayNow());
    const timer = setInterval(update, tickMs);
    const stopListening = onGatewayTime(update);
    return () => {
      clearInterval(timer);
      stopListening();
    };
  }, [tickMs]);
  return now;
}

/** How long ago a time was, in words: `3 hours`. The exact time in UTC is in its title. null: `–`. */
export function Age({ since }: { readonly since: string | null }) {
  const now = useNow();
  if (since === null) return <span className="muted">–</span>;
  const time = new Date(since);
  return (
    <time dateTime={since} title={utcOf(time)} style={{ whiteSpace: 'nowrap' }}>
      {/* What is newer than the gateway's last word on its time can seem to come. */}
      {ageText(Math.max(0, now - time.getTime()))}
    </time>
  );
}
