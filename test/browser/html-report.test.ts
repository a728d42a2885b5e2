// The HTML report in a real browser: what a reader finds in it, and what a name in it cannot do.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { AuditTail, Finding, Severity } from '../../src/audit/contract.ts';
import { htmlRenderer } from '../../src/audit/render/html.ts';
import { openDesk } from '../support/cli.ts';
import { finding, incompleteTail, rendered, tail } from '../support/findings.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { hasBrowser, useChromium } from './chromium.ts';

const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'informational'];

/** The worst first, as an audit writes them; every name is its own. */
function many(count: number): Finding[] {
  return Array.from({ length: count }, (_, index) =>
    finding({
      id: `finding-${index}`,
      user: `app-${index}`,
      keyId: `AKIA${String(index).padStart(16, '0')}`,
      severity: severities[Math.floor((index * 5) / count)] ?? 'low',
      rule: index % 2 === 0 ? 'AK-02' : 'AK-10',
      title: `the key of app-${index} is too old`,
      evidence: { keyId: null, createdAt: new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString() },
    }),
  );
}

function fileOf(findings: readonly Finding[], end: AuditTail = tail): string {
  const file = join(temporaryFolder({ onTestFinished }), 'report.html');
  writeFileSync(
    file,
    rendered((write) => htmlRenderer(write, '1.2.3'), findings, end),
  );
  return pathToFileURL(file).href;
}

const users = (page: Page) => page.locator('tbody th').allTextContents();
const told = (page: Page) => page.textContent('#told');

describe.skipIf(!hasBrowser)('the HTML report', () => {
  const open = useChromium();

  test('S36 no name runs, breaks out of where it stands, or steers what is read', async () => {
    const names = [
      '<img src=x onerror=alert(1)>',
      '</script><script>alert(2)</script>',
      '<!--<script>',
      '"><svg onload=alert(3)>',
      'javascript:alert(4)',
      'evil\u202egpj.exe',
      '__proto__',
    ];
    const spoken = names.map((name, index) =>
      finding({
        id: `"><b>${index}`,
        user: name,
        title: `the key of ${name}`,
        evidence: { [name]: name },
        remediation: { command: `keyturn rotate --user ${name}`, text: name },
        status: 'MUTED',
        muted: { reason: name, until: name },
      }),
    );
    const gaps = names.map((name) => ({ what: name, why: name, permission: name }));
    const { page, heard, asked } = await open(
      fileOf(spoken, { ...tail, complete: false, incomplete: gaps, notLookedAt: gaps }),
    );

    for (const summary of await page.locator('summary').all()) await summary.click();

    expect(await users(page)).toEqual(names.map((name) => name.replace('\u202e', '\\u{202e}')));
    expect(await page.locator('img, svg[onload], b, iframe, a[href^=javascript]').count()).toBe(0);
    expect(await page.locator('script').count()).toBe(2);
    expect(heard).toEqual([]);
    expect(asked).toEqual([page.url()]);
  });

  test('S36 a script that is in the page all the same is refused', async () => {
    const file = join(temporaryFolder({ onTestFinished }), 'report.html');
    const text = rendered((write) => htmlRenderer(write, '1.2.3'), [finding()]);
    writeFileSync(
      file,
      text.replace('<footer>', '<script>document.title = "ran"</script><p onclick="document.title = 1">x</p><footer>'),
    );

    const { page, heard } = await open(pathToFileURL(file).href);
    await page.click('p[onclick]');

    expect(await page.title()).toBe('Access keys of 123456789012, 2026-12-06');
    expect(heard.join('\n')).toContain('Content Security Policy');
  });

  test('10,000 findings are searched, filtered, sorted and turned through, a hundred in the page at a time', async () => {
    const { page, heard } = await open(fileOf(many(10_000)));
    expect(await told(page)).toBe('10,000 of 10,000 findings');
    expect(await users(page)).toHaveLength(100);

    await page.fill('#search', 'AK-02 app-777');
    expect(await told(page)).toBe('5 of 10,000 findings');
    expect(await users(page)).toEqual(['app-7770', 'app-7772', 'app-7774', 'app-7776', 'app-7778']);
    expect(await page.locator('.pager').isVisible()).toBe(false);

    await page.click('#reset');
    await page.click('label:has([value=low])');
    expect(await told(page)).toBe('8,000 of 10,000 findings');
    await page.selectOption('#rule', 'AK-10');
    expect(await told(page)).toBe('4,000 of 10,000 findings');
    await page.selectOption('#status', 'MUTED');
    expect(await told(page)).toBe('0 of 10,000 findings');
    expect(await page.locator('#nothing').isVisible()).toBe(true);

    await page.click('#reset');
    await page.click('th[data-column=user] button');
    await page.click('th[data-column=user] button');
    expect((await users(page)).slice(0, 2)).toEqual(['app-9999', 'app-9998']);
    expect(await page.getAttribute('th[data-column=user]', 'aria-sort')).toBe('descending');
    await page.click('th[data-column=age] button');
    expect((await users(page))[0]).toBe('app-0');
    expect(await page.locator('[aria-sort]').count()).toBe(1);

    await page.click('#next');
    expect(await page.textContent('#page')).toBe('Page 2 of 100');
    expect((await users(page))[0]).toBe('app-100');
    expect(heard).toEqual([]);
  });

  test('without a mouse: the search is a key away, a head sorts, a finding opens', async () => {
    const { page } = await open(fileOf(many(20)));

    await page.keyboard.press('/');
    await page.keyboard.type('app-1');
    expect(await told(page)).toBe('11 of 20 findings');
    await page.focus('th[data-column=user] button');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Space');
    expect((await users(page))[0]).toBe('app-19');
    await page.focus('tbody summary');
    await page.keyboard.press('Enter');

    expect(await page.locator('.told').first().textContent()).toContain('keyturn rotate --user alice');
    expect(await page.locator('#told[role=status][aria-live=polite]').count()).toBe(1);
  });

  test('on paper is everything that was chosen, not one page of it', async () => {
    const { page } = await open(fileOf(many(300)));
    await page.click('label:has([value=low])');

    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await users(page)).toHaveLength(240);
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    expect(await users(page)).toHaveLength(100);
    await page.emulateMedia({ media: 'print' });

    expect(await page.locator('.controls').isVisible()).toBe(false);
    expect(await page.locator('#findings').isVisible()).toBe(true);
  });

  test.each(['light', 'dark'] as const)('has nothing that axe objects to, on a %s screen', async (colorScheme) => {
    const findings = [...many(12), finding({ status: 'INCOMPLETE' }), finding({ status: 'MUTED', id: 'muted' })];
    const { page } = await open(fileOf(findings, incompleteTail), { colorScheme });
    await page.click('tbody summary');
    await page.click('label:has([value=low])');

    const { violations } = await new AxeBuilder({ page }).analyze();

    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
  });

  test('says what it is based on, and that it is incomplete, without a script, too', async () => {
    const { page } = await open(fileOf([finding({ status: 'INCOMPLETE' })], incompleteTail), {
      javaScriptEnabled: false,
    });

    const text = ((await page.textContent('body')) ?? '').replace(/\s+/g, ' ');

    expect(text).toContain('INCOMPLETE Not everything could be found out');
    expect(text).toContain('the list of users: iam:ListUsers is denied; allow iam:ListUsers');
    expect(text).toContain('Judged at 2026-12-06 10:00:00 UTC');
    expect(text).toContain('Credential report 2026-12-06 07:52:00 UTC 2 h 8 min old by then');
    expect(await page.getAttribute('section:has(#by-age) svg', 'aria-label')).toBe(
      'Active keys by age: 0–90 days 3, 90+ days 1',
    );
    expect(await page.locator('noscript').count()).toBe(1);
  });

  test('is what keyturn audit --format html writes', async () => {
    const desk = await openDesk();
    const file = join(desk.folder, 'audit.html');

    await desk.run(`audit --format html --output ${file}`);
    const { page, heard, asked } = await open(pathToFileURL(file).href);

    expect(await page.textContent('h1')).toBe('Access keys of account 123456789012');
    expect(await users(page)).toContain('alice');
    expect(heard).toEqual([]);
    expect(asked).toEqual([pathToFileURL(file).href]);
  });
});
