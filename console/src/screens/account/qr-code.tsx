import { encode } from 'uqr';
import classes from './account.module.css';

interface QrCodeProps {
  readonly text: string;
  readonly label: string;
}

/** Cameras need that many empty squares around the code. */
const BORDER = 4;

export function QrCode({ text, label }: QrCodeProps) {
  const { data, size } = encode(text, { border: BORDER });
  const squares = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return (
    <svg className={classes['qr']} viewBox={`0 0 ${size} ${size}`} role="img" shapeRendering="crispEdges">
      <title>{label}</title>
      <path d={squares.join('')} fill="#000000" />
    </svg>
  );
}
