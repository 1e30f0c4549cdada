import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { explainSignature, type Signed } from '../callbacks/explain-signature.ts';
import { OperatorError } from '../core/operator-error.ts';
import type { Deps } from '../deps.ts';
import { TradeWire } from '../trades/wire.ts';

/** Callbacks that merchants have kept: what the gateway has told, also of trades that the database has lost. */

/** A line of the file: the signature header and the body as they came. */
const Line = Compile(Type.Object({ signature: Type.String(), body: Type.String() }));
const Body = Compile(Type.Object({ trade: TradeWire }));

export interface Told {
  /** Each trade as it was told last. */
  readonly trades: readonly TradeWire[];
  /** What cannot be used, and why. */
  readonly refused: readonly { readonly line: number; readonly why: string }[];
}

/**
 * Reads callbacks, one a line. Only what is signed with a secret of the merchant that it names is believed. The merchant has
 * that secret, too: what it tells costs it money, and no price is taken that is below the order's cost (`adoptTrade`).
 */
export async function readTold(deps: Pick<Deps, 'db' | 'clock' | 'secrets'>, lines: readonly string[]): Promise<Told> {
  const newest = new Map<string, TradeWire>();
  const refused: { line: number; why: string }[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const read = await readLine(deps, line);
    if (typeof read === 'string') refused.push({ line: index + 1, why: read });
    else if ((newest.get(read.id)?.updatedAt ?? '') <= read.updatedAt) newest.set(read.id, read);
  }
  return { trades: [...newest.values()], refused };
}

/** @returns why the line cannot be used, in words */
async function readLine(deps: Pick<Deps, 'db' | 'clock' | 'secrets'>, text: string): Promise<TradeWire | string> {
  const line = parsed(text);
  if (!Line.Check(line)) return 'it is not {"signature": "…", "body": "…"}';
  const body = parsed(line.body);
  if (!Body.Check(body)) return 'its body is not that of a callback';
  const problem = await problemOf(deps, body.trade.merchantId, { header: line.signature, body: line.body });
  return problem ?? body.trade;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function problemOf(
  deps: Pick<Deps, 'db' | 'clock' | 'secrets'>,
  merchantId: string,
  signed: Signed,
): Promise<string | null> {
  try {
    const report = await explainSignature(deps, merchantId, signed);
    return report.isRight ? null : report.explanation;
  } catch (error) {
    if (error instanceof OperatorError) return error.message;
    throw error;
  }
}
