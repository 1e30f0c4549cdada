import { cs2dtSubject } from './cs2dt.ts';
import { exampleSubject } from './example.ts';
import { lisSkinsSubject } from './lis-skins.ts';
import type { Subject } from './subject.ts';
import { waxpeerSubject } from './waxpeer.ts';

/** Every adapter. The contract runs on each of them. */
export const subjects: readonly Subject[] = [cs2dtSubject, exampleSubject, lisSkinsSubject, waxpeerSubject];
