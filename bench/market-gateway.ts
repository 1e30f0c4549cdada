import { pino } from 'pino';
import { withSession } from '../src/cli/open-session.ts';
import { loadConfig } from '../src/config/config.ts';
import { CS2, RUST } from '../src/core/games.ts';
import { keepHeapSmall } from '../src/core/small-heap.ts';
import { startGateway } from '../src/gateway/gateway.ts';
import { addAccount } from '../src/supplier-accounts/operations.ts';
import { endWithParent } from './end-with-parent.ts';
import { benchMarket } from './market-kind.ts';

/** A gateway outside of the sandbox, with an account at a large marketplace of each game. Writes its URL. */
const [marketUrl = ''] = process.argv.slice(2);
// As `skinrail serve` does.
keepHeapSmall();
const config = loadConfig(process.env);
const kinds = [benchMarket('bench-cs2', CS2, marketUrl), benchMarket('bench-rust', RUST, marketUrl)];
await withSession(config, async ({ deps }) => {
  for (const { name } of kinds)
    await addAccount({ ...deps, supplierKinds: kinds }, { kind: name, id: name, given: {} });
});
const gateway = await startGateway(config, pino({ level: config.logLevel }, pino.destination(2)), kinds);
process.stdout.write(`${gateway.baseUrl}\n`);
endWithParent(async () => {
  await gateway.stop();
});
