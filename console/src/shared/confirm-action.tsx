import { Button, Group, Stack, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useAnnounce } from './announcer.tsx';
import { Dialog } from './dialog.tsx';
import { ActionError } from './error-view.tsx';

/** The longest that every route accepts. */
const REASON_MAX = 200;

interface ConfirmActionProps {
  readonly title: string;
  /** What will happen, before the person decides. */
  readonly children: ReactNode;
  /** On the button that does it: a verb with its object. */
  readonly action: string;
  /** On the button that does nothing. */
  readonly dismiss?: string;
  readonly isDangerous?: boolean;
  /** Absent: no reason is asked for. */
  readonly reasonHint?: string;
  /** What the reason probably is; the person can change it. */
  readonly suggestedReason?: string;
  /** The longest reason that the route takes. */
  readonly reasonMax?: number;
  readonly onClose: () => void;
  /**
   * Does it.
   * @returns what was done, in a sentence
   * @throws ApiFailure, which the dialog shows
   */
  readonly run: (reason: string) => Promise<string>;
}

/** A dialog that says what an action will do, asks for the reason, and does it. It closes when that has succeeded. */
export function ConfirmAction({ reasonHint, isDangerous = false, onClose, run, ...texts }: ConfirmActionProps) {
  const { reasonMax = REASON_MAX } = texts;
  const [reason, setReason] = useState(texts.suggestedReason ?? '');
  const announce = useAnnounce();
  const queries = useQueryClient();
  const mutation = useMutation({
    mutationFn: run,
    onSuccess: async (done) => {
      announce(done);
      onClose();
      await queries.invalidateQueries();
    },
  });
  const needsReason = reasonHint !== undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!mutation.isPending) mutation.mutate(reason.trim().replaceAll(/\s+/g, ' '));
  };
  return (
    <Dialog onClose={onClose} title={texts.title}>
      <form onSubmit={submit}>
        <Stack gap="md">
          {texts.children}
          {needsReason && (
            <Textarea
              label="Reason"
              description={reasonHint}
              required
              maxLength={reasonMax}
              autosize
              minRows={2}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
              data-autofocus
            />
          )}
          <ActionError error={mutation.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {texts.dismiss ?? 'Leave it'}
            </Button>
            <Button
              type="submit"
              color={isDangerous ? 'red.9' : 'blue'}
              loading={mutation.isPending}
              disabled={needsReason && reason.trim() === ''}
            >
              {texts.action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
