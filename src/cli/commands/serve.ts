import type { Command } from 'commander';
import type { ConfigFlags } from '../../config/config.ts';
import type { Choose } from '../task.ts';

interface ServeOptions {
  readonly port?: string;
  readonly host?: string;
  readonly data?: string;
  readonly databaseUrl?: string;
  readonly role?: string;
  readonly marketplacePort?: string;
  readonly marketplaceUrl?: string;
  /** Commander's reading of `--no-sandbox`: true when the flag is absent. */
  readonly sandbox: boolean;
  /** The same of `--no-console`. */
  readonly console: boolean;
  readonly logLevel?: string;
}

export function addServeCommand(program: Command, choose: Choose): void {
  program
    .command('serve')
    .description('run the gateway; without any settings, a complete sandbox')
    .option('--port <port>', 'port to listen on (PORT)')
    .option('--host <host>', 'address to listen on (HOST)')
    .option('--data <folder>', 'data folder of the gateway (DATA_DIR)')
    .option('--database-url <url>', 'PostgreSQL instead of the embedded database (DATABASE_URL)')
    .option('--role <role>', 'all, api or worker (ROLE)')
    .option('--marketplace-port <port>', 'port of the sandbox’s marketplace (MARKETPLACE_PORT)')
    .option('--marketplace-url <url>', 'URL of a sandbox marketplace that runs elsewhere (MARKETPLACE_URL)')
    .option('--no-sandbox', 'use real suppliers only (SANDBOX=off)')
    .option('--no-console', 'without the web console and its API (CONSOLE=off)')
    .option('--log-level <level>', 'trace, debug, info, warn, error, fatal or silent (LOG_LEVEL)')
    .addHelpText('after', '\nExample:\n  $ skinrail serve --port 8080 --data /var/lib/skinrail')
    .action((options: ServeOptions) =>
      choose({
        needs: 'nothing',
        run: async () => {
          // Loaded only here: without the gateway and its libraries the other commands start faster.
          const { serve } = await import('../serve.ts');
          return serve(flagsOf(options));
        },
      }),
    );
}

function flagsOf(options: ServeOptions): ConfigFlags {
  const { port, host, data, databaseUrl, role, marketplacePort, marketplaceUrl, sandbox, logLevel } = options;
  const webConsole = options.console ? undefined : 'off';
  return {
    port,
    host,
    dataDir: data,
    databaseUrl,
    role,
    marketplacePort,
    marketplaceUrl,
    sandbox: sandbox ? undefined : 'off',
    webConsole,
    logLevel,
  };
}
