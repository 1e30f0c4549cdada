import type { NamedAccess } from '../merchants/account-access.ts';

export function accessText({ isOpen, merchants }: NamedAccess): string {
  // A rule that says the same as the one for all others adds nothing for the reader.
  const exceptions = merchants.filter(({ isAllowed }) => isAllowed !== isOpen).map(({ name }) => name);
  if (exceptions.length === 0) return isOpen ? 'all merchants may use it' : 'no merchant may use it';
  return `${isOpen ? 'all merchants may use it but' : 'no merchant may use it but'} ${exceptions.join(', ')}`;
}
