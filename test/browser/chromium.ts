// A real Chromium, for as long as a file of tests runs. Where there is none, the tests say so and do not run.
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

export const hasBrowser = executablePath !== undefined;
if (!hasBrowser) process.stderr.write('skipped, for there is no /usr/bin/chromium: the tests of the HTML report\n');

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Call it once where tests are described; each page is a new one, and tells of everything that it ought not to do. */
export function useChromium() {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath ?? '', args });
  });
  afterAll(() => browser?.close());

  return async (url: string, options: Parameters<Browser['newContext']>[0] = {}) => {
    const context = await browser.newContext(options);
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const heard: string[] = [];
    const asked: string[] = [];
    page.on('dialog', (dialog) => {
      heard.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('pageerror', (error) => heard.push(`error: ${error.message}`));
    page.on('console', (message) => heard.push(`console: ${message.text()}`));
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(url);
    return { page, heard, asked };
  };
}
