import { cs2dtSubject } from './cs2dt.ts';
import { exampleSubject } from './example.ts';
import { lisSkinsSubject } from './lis-skins.ts';
import { sandboxCs2 } from './sandbox-cs2.ts';
import { sandboxRust } from './sandbox-rust.ts';
import type { Subject } from './subject.ts';
import { waxpeerSubject } from './waxpeer.ts';

/** Every adapter. The contract runs on each of them. */
export const subjects: readonly Subject[] = [
  cs2dtSubject,
  exampleSubject,
  lisSkinsSubject,
  sandboxCs2,
  sandboxRust,
  waxpeerSubject,
];
