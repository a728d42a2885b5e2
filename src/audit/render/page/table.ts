// Draws rows into the table's body. Text only ever becomes text: the page's policy refuses markup that a script makes.
import type { Row } from './rows.ts';

/** Replaces what the body holds. What a row has to tell beyond its line is made when it is opened. */
export function draw(body: HTMLTableSectionElement, rows: readonly Row[]): void {
  body.replaceChildren(...rows.map(rowOf));
}

function rowOf(row: Row): HTMLTableRowElement {
  const details = made('details', '', made('summary', '', row.title));
  details.addEventListener('toggle', () => {
    if (details.open && details.childElementCount === 1) details.append(told(row));
  });
  const user = made('th', 'user', row.user);
  user.scope = 'row';
  const line = made(
    'tr',
    row.status === 'OPEN' ? '' : row.status.toLowerCase(),
    made('td', '', badge(row)),
    made('td', 'rule', row.rule),
    user,
    made('td', 'key', row.keyId ?? '–'),
    made('td', 'age', row.age === null ? '–' : `${Math.floor(row.age)} d`),
    made('td', 'what', details),
  );
  line.id = `finding-${row.id}`;
  return line;
}

function badge({ severity, status }: Row): HTMLElement {
  return status === 'OPEN'
    ? made('span', `badge ${severity}`, severity)
    : made('span', `badge ${status.toLowerCase()}`, status);
}

function told({ evidence, remediation, muted, cis, aliases, id }: Row): HTMLElement {
  const { command, text } = remediation;
  const facts: [string, unknown][] = [
    ...Object.entries(evidence),
    ...(cis.length > 0 ? [['benchmark', cis.join(', ')] satisfies [string, unknown]] : []),
    ...(aliases.length > 0 ? [['elsewhere called', aliases.join(', ')] satisfies [string, unknown]] : []),
    ['finding', id],
  ];
  const list = made(
    'dl',
    '',
    ...facts.map(([name, value]) => made('div', '', made('dt', '', name), made('dd', '', worded(value)))),
  );
  return made(
    'div',
    'told',
    ...(muted ? [made('p', '', `Muted until ${muted.until}: ${muted.reason}`)] : []),
    made('p', '', `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`),
    ...(command ? [made('pre', '', made('code', '', command))] : []),
    list,
  );
}

function worded(value: unknown): string {
  if (value === null || value === undefined) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** An element with a class and children; a string is a text node. */
export function made<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children);
  return element;
}
