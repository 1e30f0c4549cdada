/** Who did something, as events and movements name them: the kind, then which one. */
export function Actor({ actor }: { readonly actor: string }) {
  return (
    <span className="muted" title={actor} style={{ whiteSpace: 'nowrap' }}>
      {actorText(actor)}
    </span>
  );
}

const UUID = /^[0-9a-f-]{36}$/;

/** `staff:ann@example.com` and `supplier:cs2dt` without the kind; of an id its end only. */
export function actorText(actor: string): string {
  const [kind = '', ...rest] = actor.split(':');
  const which = rest.join(':');
  if (which === '') return kind;
  if (kind === 'merchant' && UUID.test(which)) return 'the merchant';
  return UUID.test(which) ? `${kind} …${which.slice(-8)}` : which;
}
