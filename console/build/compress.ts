import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** Smaller files are sent as they are. */
const WORTH_BYTES = 1000;

/** The best quality, 11, takes ten times as long and saves a twentieth. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };

/** Writes a brotli and a gzip form beside each script and style sheet, so that the gateway compresses nothing. */
export function compressAssets(): Plugin {
  return {
    name: 'skinrail-compress',
    apply: 'build',
    writeBundle({ dir = '' }, bundle) {
      const names = Object.keys(bundle).filter((name) => /\.(js|css|svg)$/.test(name));
      for (const name of names) {
        const path = join(dir, name);
        const body = readFileSync(path);
        if (body.length < WORTH_BYTES) continue;
        writeFileSync(`${path}.br`, brotliCompressSync(body, BROTLI));
        writeFileSync(`${path}.gz`, gzipSync(body, { level: 9 }));
      }
    },
  };
}
