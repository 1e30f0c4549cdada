import { Center, Loader, Stack } from '@mantine/core';
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ErrorView } from '../shared/error-view.tsx';
import { Page } from '../shared/page.tsx';

/** While the code of a screen, or who is signed in, is not known yet. */
export function ScreenWaiting() {
  return (
    <Center mih={240} role="status" aria-label="Loading">
      <Loader size="sm" />
    </Center>
  );
}

/** Instead of a screen that failed. */
export function ScreenError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const retry = () => {
    reset();
    void router.invalidate();
  };
  return (
    <Page title="Something went wrong">
      <ErrorView error={error} onRetry={retry} />
    </Page>
  );
}

/** Instead of everything, when it is not known who is signed in. */
export function ConsoleError(props: ErrorComponentProps) {
  return (
    <Alone>
      <ScreenError {...props} />
    </Alone>
  );
}

/** For an address that no screen has. */
export function NotFoundScreen() {
  return (
    <Alone>
      <Page title="There is no such screen">
        <p style={{ margin: 0 }}>
          The address may be mistyped, or of an older version. Go to the <Link to="/">start</Link>.
        </p>
      </Page>
    </Alone>
  );
}

/** Without the frame of the screens. */
function Alone({ children }: { readonly children: ReactNode }) {
  return (
    <Stack maw={640} mx="auto" px="md" py="xl" component="main">
      {children}
    </Stack>
  );
}
