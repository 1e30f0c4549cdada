import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { loadSandbox } from '../../core/load-sandbox.ts';
import { readPort } from '../input.ts';
import type { Output } from '../output.ts';
import type { Choose } from '../task.ts';

interface MarketplaceOptions {
  readonly port: string;
  readonly host: string;
  readonly file: string;
  readonly json?: boolean;
}

export function addMarketplaceCommand(program: Command, choose: Choose): void {
  program
    .command('marketplace')
    .description('run only the sandbox marketplace, for a gateway that uses --marketplace-url')
    .option('--port <port>', 'port to listen on', '3001')
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--file <file>', 'SQLite file for its orders, or :memory:', './data/marketplace.db')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  $ skinrail marketplace --port 4001 --file :memory:')
    .action((options: MarketplaceOptions) => {
      const port = readPort(options.port);
      choose({ needs: 'nothing', run: (output) => run(options, port, output) });
    });
}

async function run({ host, file, json }: MarketplaceOptions, port: number, output: Output): Promise<number> {
  const { shop, startMarketplace } = await loadSandbox();
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  const marketplace = await startMarketplace({ port, host, file, plugins: [shop] });
  output.out(json ? `${JSON.stringify({ url: marketplace.url })}\n` : `marketplace listens at ${marketplace.url}\n`);
  await stopped;
  await marketplace.close();
  return 0;
}
