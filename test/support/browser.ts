import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import type { Visitor } from './visitor.ts';
import type { World } from './world.ts';

/** Debian's package installs it here; `CHROMIUM` names another one. */
const CHROMIUM = process.env['CHROMIUM'] || '/usr/bin/chromium';
const CONSOLE = new URL('../../console/dist/index.html', import.meta.url);
/** A folder for pictures of the screens, which people look at. */
const PICTURES = process.env['SCREENSHOTS'];

const missing = [
  ...(existsSync(CHROMIUM) ? [] : [`there is no ${CHROMIUM}: install Chromium, or name it in CHROMIUM`]),
  ...(existsSync(CONSOLE) ? [] : ['the console is not built: npm run console:build']),
];
if (missing.length > 0)
  process.stdout.write(`\n!!! The tests in a browser were NOT run: ${missing.join('; ')} !!!\n\n`);

/** `describe` for what needs a browser: skipped where there is none, which is said aloud. */
export const describeInBrowser = describe.skipIf(missing.length > 0);

export interface TabOptions {
  /** Who is signed in; absent: nobody. */
  readonly as?: Visitor;
  /** Whether the gateway is called `localhost` instead of by its address, at which there are no passkeys. */
  readonly atName?: boolean;
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
}

/** Only what hangs reaches it: how fast the machine is must decide no test. */
const HUNG_AFTER_MS = 60_000;
const HEIGHT = 900;
const WIDTH = 1440;

/** A tab of a browser at the console, with what must not happen in it. */
export class Tab {
  readonly page: Page;
  readonly #problems: string[] = [];
  readonly #expected = new Set<number>();

  constructor(page: Page, origin: string) {
    this.page = page;
    page.on('pageerror', (error) => this.#problems.push(`error: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() !== 'error' && message.type() !== 'warning') return;
      const status = Number(/responded with a status of (\d+)/.exec(message.text())?.[1]);
      if (!this.#expected.has(status)) this.#problems.push(`console: ${message.text()} at ${message.location().url}`);
    });
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.origin !== origin && url.protocol !== 'data:') this.#problems.push(`request to ${url.href}`);
    });
  }

  /** Answers with this status are part of the test; a browser reports each as an error. */
  expects(...statuses: number[]): this {
    for (const status of statuses) this.#expected.add(status);
    return this;
  }

  /** @param path below `/console` */
  async opens(path: string): Promise<void> {
    await this.page.goto(`/console${path}`);
  }

  heading(name: string | RegExp) {
    return this.page.getByRole('heading', { level: 1, name });
  }

  button(name: string | RegExp) {
    return this.page.getByRole('button', { name });
  }

  /** Gives the browser an authenticator, which confirms whatever it is asked, as a person with a finger on it does. */
  async hasAuthenticator(): Promise<void> {
    const session = await this.page.context().newCDPSession(this.page);
    await session.send('WebAuthn.enable');
    await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
  }

  /** Waits until a text is read out after an action. */
  async announces(text: string | RegExp): Promise<void> {
    await this.page.getByRole('status').filter({ hasText: text }).waitFor();
  }

  /** The serious findings of axe. */
  async barriers(): Promise<string[]> {
    await this.page.evaluate(axe);
    // What moves is half transparent, and axe would see its contrast.
    await this.page.evaluate('Promise.all(document.getAnimations().map((each) => each.finished.catch(() => {})))');
    const run = "axe.run(document, { resultTypes: ['violations'] })";
    const { violations } = (await this.page.evaluate(run)) as AxeResult; // the documented result of axe
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    return serious.flatMap(({ id, nodes }) =>
      nodes.map(({ html, any }) => `${id}: ${html} ${any.map(({ message }) => message).join('; ')}`),
    );
  }

  /** Whether the page is wider than the screen, so that people would have to scroll it sideways. */
  async isTooWide(): Promise<boolean> {
    return (await this.page.evaluate('document.documentElement.scrollWidth > innerWidth')) === true;
  }

  /** Takes a picture for people, if they have asked for pictures. */
  async picture(name: string): Promise<void> {
    if (PICTURES) await this.page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
  }

  hasNoProblems(): void {
    expect(this.#problems).toEqual([]);
  }
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string | null;
    readonly nodes: readonly { readonly html: string; readonly any: readonly { readonly message: string }[] }[];
  }[];
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Opens tabs at a test's gateway. After each test they are closed, and must have had no errors. */
export function useBrowser(world: () => World): (options?: TabOptions) => Promise<Tab> {
  let browser: Browser | undefined;
  const open: { context: BrowserContext; tab: Tab }[] = [];
  beforeAll(async () => {
    // Tests run as root in containers, where Chromium's own sandbox cannot start.
    if (missing.length === 0) browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    const all = open.splice(0);
    await Promise.all(all.map(({ context }) => context.close()));
    for (const { tab } of all) tab.hasNoProblems();
  });
  return async ({ as, atName = false, width = WIDTH, scheme = 'light' } = {}) => {
    if (!browser) throw new Error('a browser starts before the first test');
    const { baseUrl } = world();
    const baseURL = atName ? `http://localhost:${new URL(baseUrl).port}` : baseUrl;
    const context = await browser.newContext({ baseURL, colorScheme: scheme, viewport: { width, height: HEIGHT } });
    context.setDefaultTimeout(HUNG_AFTER_MS);
    const [name, value] = as?.cookie?.split('=') ?? [];
    if (name !== undefined && value !== undefined) await context.addCookies([{ name, value, url: baseURL }]);
    const tab = new Tab(await context.newPage(), new URL(baseURL).origin);
    open.push({ context, tab });
    return tab;
  };
}
