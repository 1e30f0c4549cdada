import '@mantine/core/styles.css';
import './shared/tokens.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { setNonce } from 'get-nonce';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createQueryClient } from './api/query-client.ts';
import { createAppRouter } from './app/router.tsx';
import { Announcer } from './shared/announcer.tsx';
import { cssVariables, theme } from './shared/theme.ts';

/** The page's policy accepts style elements with this nonce only. */
const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? '';
// For the library that keeps the page from scrolling behind a dialog.
setNonce(nonce);

const queries = createQueryClient(() => {
  const { pathname, publicHref } = router.state.location;
  if (pathname === '/sign-in' || pathname === '/link') return;
  // What is on the screen is read until the other screen has replaced it.
  void router.navigate({ to: '/sign-in', search: { to: publicHref } }).then(() => queries.clear());
});
const router = createAppRouter({ queries });

const element = document.getElementById('root');
if (!element) throw new Error('index.html has no element for the console');
createRoot(element).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queries}>
        <Announcer>
          <RouterProvider router={router} />
        </Announcer>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
