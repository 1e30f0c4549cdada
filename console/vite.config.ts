import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compressAssets } from './build/compress.ts';
import { limitFirstLoad } from './build/first-load.ts';

const GATEWAY = process.env['SKINRAIL_URL'] ?? 'http://127.0.0.1:3000';

export default defineConfig({
  base: '/console/',
  plugins: [react(), limitFirstLoad(), compressAssets()],
  // The gateway replaces it in every answer.
  html: { cspNonce: '__NONCE__' },
  // `npm run console:dev` asks a gateway that runs beside it. It sees the requests as its own page's.
  server: { proxy: { '/operator': { target: GATEWAY, changeOrigin: true } } },
  build: {
    target: 'es2024',
    // The page's policy allows no inline scripts, and images from the gateway only need no data URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { checks: { pluginTimings: false } },
    reportCompressedSize: false,
    // `limitFirstLoad` limits what counts.
    chunkSizeWarningLimit: Number.POSITIVE_INFINITY,
  },
});
