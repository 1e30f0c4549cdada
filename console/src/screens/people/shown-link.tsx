import { OneTimeValue } from '../../shared/one-time-value.tsx';
import { Time } from '../../shared/time.tsx';

/** A link that was just made for a person. */
export interface ShownLink {
  readonly kind: 'invitation' | 'reset';
  readonly email: string;
  readonly link: string;
  readonly expiresAt: string;
}

interface ShownLinkViewProps {
  readonly link: ShownLink;
  readonly onDone: () => void;
}

export function ShownLinkView({ link: { kind, email, link, expiresAt }, onDone }: ShownLinkViewProps) {
  const title = kind === 'invitation' ? `Invitation of ${email}` : `New link for ${email}`;
  return (
    <OneTimeValue title={title} value={link} of="link" onDone={onDone}>
      Give this link to {email} and to nobody else: who opens it sets the password of the account. It works once, until{' '}
      <Time at={expiresAt} />.
    </OneTimeValue>
  );
}
