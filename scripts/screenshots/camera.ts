import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Operator } from '../../sandbox/demo/lively-week.ts';
import type { Picture } from './pictures.ts';

const WIDTH = 1280;
const HEIGHT = 720;
/** The head of the console, which stays where it is, and a margin. */
const HEADER = 64;

/** A browser that takes pictures of a gateway's console. */
export class Camera {
  readonly #browser: Browser;
  readonly #baseUrl: string;
  readonly #folder: string;

  private constructor(browser: Browser, baseUrl: string, folder: string) {
    this.#browser = browser;
    this.#baseUrl = baseUrl;
    this.#folder = folder;
  }

  static async start(executablePath: string, baseUrl: string, folder: string): Promise<Camera> {
    // Root in a container cannot start Chromium's own sandbox, and only our own pages are opened.
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    return new Camera(browser, baseUrl, folder);
  }

  /** @returns the size of the file in bytes */
  async takes(picture: Picture, viewer: Operator): Promise<number> {
    const { name, path, width = WIDTH, height = HEIGHT, scheme = 'light' } = picture;
    const context = await this.#browser.newContext({
      baseURL: this.#baseUrl,
      viewport: { width, height },
      colorScheme: scheme,
      locale: 'en-GB',
      timezoneId: 'UTC',
      reducedMotion: 'reduce',
    });
    try {
      await context.clock.setFixedTime(await this.#now());
      await context.addCookies([cookieOf(viewer, this.#baseUrl)]);
      const page = await context.newPage();
      await page.goto(`/console${path}`);
      await becomesReady(page, picture);
      const file = join(this.#folder, `${name}.png`);
      await page.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
      return statSync(file).size;
    } finally {
      await context.close();
    }
  }

  /** Ages are counted from the browser's time, and the week has moved that of the gateway. */
  async #now(): Promise<string> {
    const answer = await fetch(`${this.#baseUrl}/sandbox/clock`);
    const { data } = (await answer.json()) as { data: { now: string } }; // as documented
    return data.now;
  }

  async stop(): Promise<void> {
    await this.#browser.close();
  }
}

/** Waits until the screen has read everything that it shows. */
async function becomesReady(page: Page, { heading, shows, from }: Picture): Promise<void> {
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
  await page.getByText(shows).filter({ visible: true }).first().waitFor();
  await page.locator('.mantine-Skeleton-root').waitFor({ state: 'detached' });
  await page.evaluate('document.fonts.ready.then(() => true)');
  if (from === undefined) return;
  const section = await page.getByRole('region', { name: from, exact: true }).boundingBox();
  await page.evaluate(`scrollTo(0, ${(section?.y ?? HEADER) - HEADER})`);
}

function cookieOf({ cookie }: Operator, url: string): { name: string; value: string; url: string } {
  const [name = '', value = ''] = cookie.split('=');
  return { name, value, url };
}
