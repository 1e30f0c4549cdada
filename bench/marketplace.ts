import { startMarketplace } from '../sandbox/marketplace/server.ts';
import { shop } from '../sandbox/shop.ts';
import { endWithParent } from './end-with-parent.ts';

/** The pretended marketplace as a process of its own, in memory. Writes its URL. */
const marketplace = await startMarketplace({ port: 0, file: ':memory:', plugins: [shop] });
endWithParent(() => marketplace.close());
process.stdout.write(`${marketplace.url}\n`);
