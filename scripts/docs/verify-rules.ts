import { proofs } from '../../src/verify/rules.ts';
import { code, table } from './table.ts';

export function rulesText(): string {
  const rules = proofs.flatMap((proof) => proof.rules);
  const lines = rules.map(({ name, sentence }) => [code(name), sentence]);
  return `${rules.length} rules.\n\n${table(['rule', 'what must be true'], lines)}`;
}
