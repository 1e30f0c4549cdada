/** Which merchants may use an account. */
export interface NamedAccess {
  /** The rule for all merchants that are not named. */
  readonly isOpen: boolean;
  readonly merchants: readonly { readonly id: string; readonly name: string; readonly isAllowed: boolean }[];
}

export function accessText({ isOpen, merchants }: NamedAccess): string {
  // A rule that says the same as the one for all others adds nothing for the reader.
  const exceptions = merchants.filter(({ isAllowed }) => isAllowed !== isOpen).map(({ name }) => name);
  if (exceptions.length === 0) return isOpen ? 'all merchants may use it' : 'no merchant may use it';
  return `${isOpen ? 'all merchants may use it but' : 'no merchant may use it but'} ${exceptions.join(', ')}`;
}

export function accessJson({ isOpen, merchants }: NamedAccess) {
  return {
    others: isOpen ? 'allowed' : 'denied',
    merchants: merchants.map(({ id, name, isAllowed }) => ({ id, name, access: isAllowed ? 'allowed' : 'denied' })),
  };
}
