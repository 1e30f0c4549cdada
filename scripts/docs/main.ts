import { generatedPage, generatedPages, writePage } from './generated.ts';

/** `npm run docs:generate` writes the generated parts of `docs/`; with `--check` it fails when one is stale. */
const isCheck = process.argv.includes('--check');
for (const name of generatedPages) {
  const { now, wanted } = await generatedPage(name);
  if (now === wanted) continue;
  if (isCheck) {
    process.stderr.write(`docs/${name} is stale; run npm run docs:generate\n`);
    process.exitCode = 1;
  } else {
    writePage(name, wanted);
    process.stdout.write(`docs/${name} is written\n`);
  }
}
