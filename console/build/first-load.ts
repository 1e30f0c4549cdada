import { gzipSync } from 'node:zlib';
import type { Plugin, Rolldown } from 'vite';

/** Of scripts and styles, in bytes over the network. */
const LIMIT_BYTES = 350_000;

/** Prints what a browser loads before it shows a first screen, and fails the build when that is more than the limit. */
export function limitFirstLoad(): Plugin {
  return {
    name: 'skinrail-first-load',
    apply: 'build',
    writeBundle(_options, bundle) {
      const sizes = Object.values(bundle).map((file) => ({ name: file.fileName, bytes: sizeOf(file) }));
      const first = new Set(Object.values(bundle).flatMap((file) => (isEntry(file) ? filesOf(file, bundle) : [])));
      const total = sum(sizes.filter(({ name }) => first.has(name)));
      const text = `first load: ${kilobytes(total)} gzipped of ${kilobytes(LIMIT_BYTES)}; all: ${kilobytes(sum(sizes))}`;
      if (total > LIMIT_BYTES) this.error(`The console has become too large. ${text}`);
      process.stderr.write(`${text}\n`);
    },
  };
}

function isEntry(file: Rolldown.OutputAsset | Rolldown.OutputChunk): file is Rolldown.OutputChunk {
  return file.type === 'chunk' && file.isEntry;
}

/** A script with those that it imports, and their styles. */
function filesOf(chunk: Rolldown.OutputChunk, bundle: Rolldown.OutputBundle, seen = new Set<string>()): string[] {
  if (seen.has(chunk.fileName)) return [];
  seen.add(chunk.fileName);
  const imported = chunk.imports.flatMap((name) => {
    const file = bundle[name];
    return file?.type === 'chunk' ? filesOf(file, bundle, seen) : [];
  });
  return [chunk.fileName, ...(chunk.viteMetadata?.importedCss ?? []), ...imported];
}

function sizeOf(file: Rolldown.OutputAsset | Rolldown.OutputChunk): number {
  return gzipSync(file.type === 'chunk' ? file.code : file.source).length;
}

function sum(sizes: readonly { readonly bytes: number }[]): number {
  return sizes.reduce((total, { bytes }) => total + bytes, 0);
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
