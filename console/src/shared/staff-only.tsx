import type { ReactNode } from 'react';
import { ApiFailure } from '../api/failure.ts';
import { isStaff, useMe } from '../api/session.ts';
import { ErrorView } from './error-view.tsx';

const forbidden = new ApiFailure('This screen is for the operator’s staff.', { key: 'PERMISSION_DENIED' });

/** The content of a screen that members of merchants do not have, though they can open its address. */
export function StaffOnly({ children }: { readonly children: ReactNode }) {
  return isStaff(useMe()) ? children : <ErrorView error={forbidden} />;
}
