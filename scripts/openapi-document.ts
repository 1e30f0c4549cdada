import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { loadConfig } from '../src/config/config.ts';
import { startGateway } from '../src/gateway/gateway.ts';

/**
 * What a sandbox gateway says of itself, for merchants or, at `/operator/openapi.json`, for people. It runs for this question
 * only, on nothing that is kept.
 */
export async function readOpenApiDocument(path = '/openapi.json'): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'skinrail-openapi-'));
  const config = loadConfig({ PORT: '0', MARKETPLACE_PORT: '0', DATA_DIR: dataDir, DATABASE_URL: 'memory:' });
  const gateway = await startGateway(config, pino({ level: 'silent' }));
  try {
    const answer = await fetch(`${gateway.baseUrl}${path}`);
    return await answer.text();
  } finally {
    await gateway.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
