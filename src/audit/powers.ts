// What a user's policies allow, as far as a rule needs to know it: everything, or the making of keys for others. Read from the
// documents; conditions are not weighed, so this says what may be possible and names the policy to look at.
import type { PolicyHolder } from '../aws/contract.ts';
import type { Powers } from './contract.ts';

interface Statement {
  Effect?: string;
  Action?: string | string[];
  NotAction?: string | string[];
  Resource?: string | string[];
  NotResource?: string | string[];
}

interface Holders {
  groups: ReadonlyMap<string, PolicyHolder>;
  /** Documents by ARN. */
  managed: ReadonlyMap<string, string>;
}

const minting = ['iam:createaccesskey', 'iam:updateaccesskey'];

/** Throws SyntaxError on a document that is no JSON. */
export function powersOf(user: PolicyHolder, { groups, managed }: Holders): Powers {
  const holders = [user, ...user.groups.flatMap((name) => groups.get(name) ?? [])];
  const policies = holders.flatMap((holder) => {
    const by = (name: string) => (holder === user ? name : `${name} (group ${holder.name})`);
    return [
      ...holder.inline.map(({ name, document }) => ({ name: by(name), document })),
      ...holder.attached.map(({ name, arn }) => ({ name: by(name), document: managed.get(arn) ?? wellKnown(name) })),
    ];
  });
  const named = (test: (statement: Statement) => boolean) =>
    policies
      .filter(({ document }) => statementsOf(document).some((one) => one.Effect === 'Allow' && test(one)))
      .map(({ name }) => name);
  return {
    administratorBy: named(isEverything),
    mintsKeysBy: named((statement) => minting.some((action) => covers(statement, action)) && !isOnlySelf(statement)),
    boundary: user.boundary,
  };
}

/** Where AWS's own policies were not given along, the one that matters is known by its name. */
function wellKnown(name: string): string {
  return name === 'AdministratorAccess'
    ? '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
    : '{"Statement":[]}';
}

function statementsOf(document: string): Statement[] {
  return list((JSON.parse(document) as { Statement?: Statement | Statement[] }).Statement);
}

function isEverything({ Action, Resource }: Statement): boolean {
  return list(Action).some((one) => one === '*' || one === '*:*') && list(Resource).includes('*');
}

function covers({ Action, NotAction }: Statement, action: string): boolean {
  if (NotAction !== undefined) return !list(NotAction).some((pattern) => isLike(action, pattern));
  return list(Action).some((pattern) => isLike(action, pattern));
}

/** AWS's self-service policies name the user by a variable: that is no power over others. */
function isOnlySelf({ Resource, NotResource }: Statement): boolean {
  if (NotResource !== undefined) return false;
  return list(Resource).every(
    (one) =>
      /:user\/(?:\*\/)?(?:[^*]*\/)?\$\{aws:username\}$/i.test(one) ||
      !/^\*$|:user\/|^arn:aws[\w-]*:iam::[^:]*:\*$/.test(one),
  );
}

function isLike(action: string, pattern: string): boolean {
  const source = pattern
    .toLowerCase()
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(action);
}

function list<T>(value: T | T[] | undefined): T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
