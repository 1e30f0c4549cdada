import { Modal } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';

interface DialogProps {
  readonly title: string;
  readonly size?: 'sm' | 'md' | 'lg';
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A dialog that is open as long as it is rendered. After it the focus is where it was before. */
export function Dialog({ title, size = 'md', onClose, children }: DialogProps) {
  const [before] = useState(() => document.activeElement);
  useEffect(() => () => returnFocus(before), [before]);
  return (
    <Modal opened onClose={onClose} title={title} size={size} returnFocus={false}>
      {children}
    </Modal>
  );
}

/** The button that has opened it can be gone, because of what the dialog has done. */
function returnFocus(before: Element | null): void {
  // Once React has removed the dialog, whose focus trap would take the focus back.
  setTimeout(() => {
    const target = before?.isConnected ? before : document.getElementById('content');
    if (target instanceof HTMLElement) target.focus();
  });
}
