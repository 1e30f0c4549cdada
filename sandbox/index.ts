/** The sandbox, which the gateway loads only when it runs as a sandbox (`src/core/load-sandbox.ts`). */
export { SandboxClock } from './clock.ts';
export { startMarketplace } from './marketplace/server.ts';
export { sandboxRoutes } from './routes.ts';
export { Sandbox, type SandboxFile } from './sandbox.ts';
export { hasSandboxSecretKey, sandboxSecretKey } from './secret-key.ts';
export { shop } from './shop.ts';
