import { Button, Skeleton, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useRouter, useRouterState } from '@tanstack/react-router';
import { api, dataOf } from '../../api/client.ts';
import { isFailure } from '../../api/failure.ts';
import { ActionError, ErrorView } from '../../shared/error-view.tsx';
import { Notice } from '../../shared/notice.tsx';
import { useEnter } from '../sign-in/enter.ts';
import { Entrance } from '../sign-in/entrance.tsx';
import { PasswordForm } from './password-form.tsx';

/** What a link is for. */
export interface OpenLink {
  readonly token: string;
  readonly purpose: 'invitation' | 'reset' | 'sign-in';
  readonly email: string;
  readonly name: string;
}

/** Opens a link of an invitation, of a new password, or of a sandbox's sign-in. Its token is after `#`, which no log sees. */
export function LinkScreen() {
  const token = useRouterState({ select: ({ location }) => location.hash });
  const link = useQuery({
    queryKey: ['link', token],
    queryFn: async () => ({ token, ...(await dataOf(api.POST('/operator/v1/links/read', { body: { token } }))) }),
    enabled: token !== '',
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  if (token === '') return <NotValid text="This address is incomplete: open the whole link that you were given." />;
  if (link.data) return <OpenedLink link={link.data} />;
  if (link.isPending) {
    return (
      <Entrance title="Opening your link">
        <Skeleton height={120} />
      </Entrance>
    );
  }
  if (isFailure(link.error, 'LINK_NOT_VALID')) return <NotValid text={link.error.message} />;
  return (
    <Entrance title="Opening your link">
      <ErrorView error={link.error} onRetry={() => void link.refetch()} />
    </Entrance>
  );
}

function OpenedLink({ link }: { readonly link: OpenLink }) {
  return link.purpose === 'sign-in' ? <SignInByLink link={link} /> : <PasswordForm link={link} />;
}

function NotValid({ text }: { readonly text: string }) {
  return (
    <Entrance title="This link cannot be used">
      <Notice tone="bad">{text}</Notice>
      <p style={{ margin: 0 }}>
        If you have a password already, <Link to="/sign-in">sign in</Link>.
      </p>
    </Entrance>
  );
}

function SignInByLink({ link: { token, name, email } }: { readonly link: OpenLink }) {
  const useLink = useLinkUse(email);
  return (
    <Entrance title={`Sign in as ${name}`}>
      <Stack gap="sm">
        <p className="muted" style={{ margin: 0 }}>
          {email}. Links like this exist in sandboxes only, and work once.
        </p>
        <ActionError error={useLink.error} />
        <Button autoFocus loading={useLink.isPending} onClick={() => useLink.mutate({ token })} fullWidth>
          Sign in
        </Button>
      </Stack>
    </Entrance>
  );
}

/** Uses a link. A person with a second factor has to sign in with it afterwards. */
export function useLinkUse(email: string) {
  const router = useRouter();
  const enter = useEnter();
  return useMutation({
    mutationFn: (body: { readonly token: string; readonly password?: string; readonly name?: string }) =>
      dataOf(api.POST('/operator/v1/links/use', { body })),
    onSuccess: (me) => (me ? enter(me) : router.navigate({ to: '/sign-in', search: { email } })),
  });
}
