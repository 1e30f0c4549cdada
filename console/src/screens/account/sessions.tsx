import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { LIVE_MS } from '../../api/query-client.ts';
import type { Session } from '../../api/schema.d.ts';
import { useAnnounce } from '../../shared/announcer.tsx';
import { type Column, DataTable } from '../../shared/data-table.tsx';
import { ErrorView } from '../../shared/error-view.tsx';
import { Time } from '../../shared/time.tsx';
import { browserName } from './browser-name.ts';

/** The browsers in which the person is signed in. */
export function Sessions() {
  const query = useQuery({
    queryKey: ['sessions'],
    queryFn: ({ signal }) => dataOf(api.GET('/operator/v1/sessions', { signal })),
    refetchInterval: LIVE_MS,
  });
  if (query.isPending) return <Skeleton height={90} />;
  if (!query.data) return <ErrorView error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <DataTable
      caption="Your sessions, the last used first"
      columns={columns}
      rows={query.data}
      rowKey={({ id }) => id}
      empty="There are none."
    />
  );
}

const columns: readonly Column<Session>[] = [
  {
    header: 'Browser',
    cell: ({ agent, isThis }) => (
      <>
        <span title={agent}>{browserName(agent)}</span>
        {isThis && <span className="muted"> (this one)</span>}
      </>
    ),
  },
  { header: 'Address', cell: ({ address }) => <span className="mono">{address}</span> },
  { header: 'Signed in', from: 'sm', isNarrow: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
  { header: 'Last used', from: 'sm', isNarrow: true, cell: ({ seenAt }) => <Time at={seenAt} /> },
  {
    header: 'Actions',
    hidesHeader: true,
    isNarrow: true,
    align: 'right',
    cell: (session) => (session.isThis ? null : <EndButton session={session} />),
  },
];

function EndButton({ session: { id, agent } }: { readonly session: Session }) {
  const queries = useQueryClient();
  const announce = useAnnounce();
  const end = useMutation({
    mutationFn: () => dataOf(api.DELETE('/operator/v1/sessions/{sessionId}', { params: { path: { sessionId: id } } })),
    onSuccess: () => announce(`You are signed out of ${browserName(agent)}.`),
    onError: ({ message }) => announce(message),
    onSettled: () => queries.invalidateQueries({ queryKey: ['sessions'] }),
  });
  return (
    <Button size="compact-xs" variant="default" loading={end.isPending} onClick={() => end.mutate()}>
      Sign out
    </Button>
  );
}
