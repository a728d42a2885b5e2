// What the report does once it is open: search, filter, sort and page through its findings. It asks nobody for anything.
import { type Choice, type Column, chosen, type Row, rowsIn } from './rows.ts';
import { draw, made } from './table.ts';

const perPage = 100;

function only<Type extends Element>(selector: string): Type {
  const found = document.querySelector<Type>(selector);
  if (!found) throw new Error(`nothing in the page is ${selector}`);
  return found;
}

function begin(): void {
  const rows = rowsIn(only('#report').textContent ?? '');
  const body = only<HTMLTableSectionElement>('#findings tbody');
  const table = only<HTMLTableElement>('#findings');
  const search = only<HTMLInputElement>('#search');
  const status = only<HTMLSelectElement>('#status');
  const rule = only<HTMLSelectElement>('#rule');
  const boxes = [...document.querySelectorAll<HTMLInputElement>('input[name=severity]')];
  const told = only<HTMLElement>('#told');
  const [previous, next] = [only<HTMLButtonElement>('#previous'), only<HTMLButtonElement>('#next')];
  let sort: Choice['sort'] = null;
  let page = 0;
  let kept: Row[] = rows;

  for (const name of [...new Set(rows.map((row) => row.rule))].sort()) {
    rule.append(made('option', '', name));
  }

  const show = () => {
    const pages = Math.max(1, Math.ceil(kept.length / perPage));
    page = Math.min(page, pages - 1);
    draw(body, kept.slice(page * perPage, (page + 1) * perPage));
    previous.disabled = page === 0;
    next.disabled = page === pages - 1;
    only('#page').textContent = `Page ${page + 1} of ${pages}`;
    only<HTMLElement>('#nothing').hidden = kept.length > 0;
    only<HTMLElement>('.pager').hidden = pages === 1;
  };
  const choose = () => {
    const severities = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    kept = chosen(rows, { text: search.value, severities, status: status.value, rule: rule.value, sort });
    page = 0;
    told.textContent = `${counted(kept.length)} of ${counted(rows.length)} findings`;
    show();
  };
  const turn = (by: number) => {
    page += by;
    show();
    table.scrollIntoView({ block: 'start' });
  };
  const sortBy = (column: Column, header: HTMLTableCellElement) => {
    const descending = sort?.column === column ? !sort.descending : column === 'severity' || column === 'age';
    sort = { column, descending };
    for (const other of table.querySelectorAll('th[aria-sort]')) other.removeAttribute('aria-sort');
    header.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
    choose();
  };

  search.addEventListener('input', choose);
  for (const control of [status, rule, ...boxes]) control.addEventListener('change', choose);
  only('#reset').addEventListener('click', () => {
    search.value = '';
    status.value = '';
    rule.value = '';
    for (const box of boxes) box.checked = true;
    choose();
    search.focus();
  });
  previous.addEventListener('click', () => turn(-1));
  next.addEventListener('click', () => turn(1));
  for (const header of table.querySelectorAll<HTMLTableCellElement>('th[data-column]')) {
    const { column } = header.dataset;
    header.querySelector('button')?.addEventListener('click', () => sortBy(column as Column, header));
  }
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    search.focus();
  });
  // Paper has no pages to turn: all that was chosen is printed.
  addEventListener('beforeprint', () => draw(body, kept));
  addEventListener('afterprint', show);
  document.documentElement.className = 'scripted';
  choose();
}

function counted(number: number): string {
  return number.toLocaleString('en');
}

begin();
