const BPS = 100;

/** `250` → `2.5 %` */
export function percent(bps: number): string {
  return `${bps / BPS} %`;
}
