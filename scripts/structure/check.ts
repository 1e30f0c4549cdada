import { isFolder, order } from './folders.ts';
import type { Import } from './imports.ts';

/** The only file that may load the sandbox, and only while the program runs. */
const SANDBOX_LOADER = 'src/core/load-sandbox.ts';

/** @returns the folder of `src/` that a file is in; null for the files beside the folders */
export function folderOf(file: string): string | null {
  const [, folder, ...rest] = file.split('/');
  return folder !== undefined && rest.length > 0 ? folder : null;
}

/** @returns what is wrong with the imports of `src/`, in sentences; empty when the order of the folders is kept */
export function faultsOf(imports: readonly Import[]): string[] {
  return imports.flatMap((each) => {
    const fault = faultOf(each);
    return fault ? [`${each.from} imports ${each.to}: ${fault}`] : [];
  });
}

function faultOf({ from, to, isDynamic }: Import): string | null {
  if (to.startsWith('sandbox/')) {
    return isDynamic && from === SANDBOX_LOADER ? null : `only ${SANDBOX_LOADER} may load the sandbox`;
  }
  const [source, target] = [folderOf(from), folderOf(to)];
  if (source === null) return from === 'src/main.ts' ? null : 'files beside the folders may hold types only';
  if (target === null) return 'files beside the folders may be imported as types only';
  if (!isFolder(source)) return `add the folder ${source} to scripts/structure/folders.ts`;
  if (!isFolder(target)) return `add the folder ${target} to scripts/structure/folders.ts`;
  if (order.indexOf(target) <= order.indexOf(source)) return null;
  return `${source} stands below ${target}. Move what is needed down, or what needs it up`;
}
