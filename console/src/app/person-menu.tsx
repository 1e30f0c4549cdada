import { Button, Menu } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { api, dataOf } from '../api/client.ts';
import type { Me } from '../api/schema.d.ts';
import { useAnnounce } from '../shared/announcer.tsx';
import { IconLogout, IconUser } from '../shared/icons.ts';

/** Who is signed in, the own account, and signing out. */
export function PersonMenu({ me }: { readonly me: Me }) {
  const router = useRouter();
  const announce = useAnnounce();
  const signOut = useMutation({
    mutationFn: () => dataOf(api.DELETE('/operator/v1/session')),
    onSuccess: async () => {
      await router.navigate({ to: '/sign-in' });
      router.options.context.queries.clear();
    },
    onError: ({ message }) => announce(`You are still signed in. ${message}`),
  });
  return (
    <Menu position="bottom-end" width={240} shadow="md">
      <Menu.Target>
        <Button variant="subtle" color="gray" c="var(--text)" px={8} fw={500}>
          {me.name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {me.email}
          <br />
          {me.role} of {me.merchant?.name ?? 'the operator’s staff'}
        </Menu.Label>
        <Menu.Item component={Link} to="/account" leftSection={<IconUser size={16} aria-hidden />}>
          Account
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => signOut.mutate()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
