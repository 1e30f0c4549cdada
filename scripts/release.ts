// `npm run release -- 1.2.3`: makes the commit and the tag of a release on this machine. Nothing is pushed.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { changelogProblems, withRelease } from './release/changelog.ts';

const USAGE = `npm run release -- <version> [--dry-run]

  version    three numbers, such as 1.2.3, greater than the version in package.json; that version itself
             only while it has no tag
  --dry-run  makes every check of the repository, then prints what would be done
`;
const BRANCH = 'main';
const CHANGELOG = 'CHANGELOG.md';
const MANIFESTS = ['package.json', 'package-lock.json'];
const CHECKS = ['build', 'console:build', 'lint', 'types', 'db:check'];
const VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/;

process.exitCode = main(process.argv.slice(2));

function main(args: readonly string[]): number {
  const options = readOptions(args);
  if (typeof options === 'string') return fail([options], `\n${USAGE}`);
  const { version, isDryRun } = options;
  const problems = problemsWith(version);
  if (problems.length > 0) return fail(problems, 'Nothing was changed.\n');
  if (isDryRun) {
    say(planOf(version));
    return 0;
  }
  writeVersion(version);
  for (const check of CHECKS) {
    say(`npm run ${check}`);
    if (passes(check)) continue;
    git('restore', CHANGELOG, ...MANIFESTS);
    return fail([`npm run ${check} failed; correct what it reports and start again`], 'The files were restored.\n');
  }
  git('commit', '--quiet', '--message', `release: version ${version}`, '--', CHANGELOG, ...MANIFESTS);
  git('tag', '--annotate', tagOf(version), '--message', `skinrail ${version}`);
  say(nextSteps(version));
  return 0;
}

/** @returns what is wrong with the arguments, or what was asked for */
function readOptions(args: readonly string[]): string | { version: string; isDryRun: boolean } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { 'dry-run': { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    const [version, ...more] = positionals;
    if (version === undefined || more.length > 0) return 'name one version';
    if (!VERSION.test(version)) return `${version} is not a version of three numbers, such as 1.2.3`;
    return { version, isDryRun: values['dry-run'] };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** All of them at once, so that nobody has to try again for each. */
function problemsWith(version: string): string[] {
  const problems: string[] = [];
  const branch = git('branch', '--show-current');
  if (branch !== BRANCH) problems.push(`the branch is ${branch || 'none'}; check out ${BRANCH}`);
  const changed = git('status', '--porcelain');
  if (changed) problems.push(`the working tree has changes; commit or remove them:\n${changed}`);
  const isTagged = git('tag', '--list', tagOf(version)) !== '';
  if (isTagged) problems.push(`the tag ${tagOf(version)} exists; choose a greater version`);
  const current = currentVersion();
  const difference = compare(version, current);
  if (difference < 0) problems.push(`${version} is not greater than ${current}, the version in package.json`);
  return [...problems, ...changelogProblems(read(CHANGELOG), version)];
}

function planOf(version: string): string {
  return [
    `This would be done for ${version}:`,
    `  in ${CHANGELOG}: move what is unreleased to "## ${version} - ${today()}"`,
    `  in ${MANIFESTS.join(' and ')}: replace version ${currentVersion()} with ${version}`,
    `  run ${CHECKS.map((check) => `npm run ${check}`).join(', ')}`,
    `  commit "release: version ${version}" and tag it ${tagOf(version)}`,
    'Nothing was changed.',
  ].join('\n');
}

function nextSteps(version: string): string {
  const tag = tagOf(version);
  return [
    `Version ${version} is committed and tagged ${tag} on this machine. Next:`,
    '  1. npm run test:all && npm run test:mutants   if you have not run them on this state',
    `  2. git push origin ${BRANCH} ${tag}`,
    `  3. when CI is green, publish a release of ${tag} with its section of ${CHANGELOG} and the file of npm pack`,
    `To undo it before you push: git tag --delete ${tag} && git reset --hard HEAD~1`,
  ].join('\n');
}

function writeVersion(version: string): void {
  writeFileSync(CHANGELOG, withRelease(read(CHANGELOG), version, today()));
  for (const file of MANIFESTS) {
    const manifest = JSON.parse(read(file));
    manifest.version = version;
    // The lock file names the version of the package itself a second time.
    if (manifest.packages) manifest.packages[''].version = version;
    writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
  }
}

/** Below zero when `a` is the lower version: by numbers, so that 0.9.0 is lower than 0.10.0. */
function compare(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

function currentVersion(): string {
  return String(JSON.parse(read('package.json')).version);
}

function passes(script: string): boolean {
  return spawnSync('npm', ['run', '--silent', script], { stdio: 'inherit' }).status === 0;
}

function git(...args: string[]): string {
  return execFileSync('git', args, { encoding: 'utf8' }).trimEnd();
}

function tagOf(version: string): string {
  return `v${version}`;
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

function read(file: string): string {
  return readFileSync(file, 'utf8');
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function fail(problems: readonly string[], after: string): number {
  process.stderr.write(`${problems.map((problem) => `release: ${problem}\n`).join('')}${after}`);
  return 1;
}
