// Looks for a key through the parameters of a region: a pair in the JSON of one, or an id with its secret in the parameter
// beside it.
import type { ParameterStore } from '../aws/contract.ts';
import { AccessDeniedError, AwsRefusalError } from '../errors.ts';
import type { Search } from './contract.ts';
import { keyInText, notGiven, standsThere } from './key-in-text.ts';

interface Where {
  region: string;
  parameters: ParameterStore;
  /** `idPath` null: both halves are in the one. */
  specOf(path: string, idPath: string | null): string;
}

interface Parameter {
  name: string;
  type: string | undefined;
  text: string;
}

/** As many as one GetParameters takes. */
const atOnce = 10;
/** Where so many are refused and none was given, the rest is not asked for one by one. */
const hopeless = 30;

/** Never throws what AWS refuses: it is named. */
export async function findParameters(keyId: string, { region, parameters, specOf }: Where): Promise<Search> {
  const search: Search = { places: [], notLookedAt: [] };
  const read: Parameter[] = [];
  let what = `the parameters in ${region}`;
  try {
    const types = new Map((await parameters.list()).map(({ name, type }) => [name, type]));
    const names = [...types.keys()];
    for (let from = 0; from < names.length; from += atOnce) {
      if (from > 0) what = `the parameters in ${region} from ${names[from]} on`;
      const given = await values(names.slice(from, from + atOnce), read.length === 0 && from >= hopeless);
      for (const { name, text } of given) read.push({ name, text, type: types.get(name) });
    }
  } catch (error) {
    search.notLookedAt.push(notGiven(what, error));
  }
  for (const one of read) note(one);
  return search;

  /** One that is refused takes all of its call with it, so then each is asked for alone. */
  async function values(names: string[], together: boolean): Promise<{ name: string; text: string }[]> {
    try {
      return await parameters.values(names);
    } catch (error) {
      if (together || !(error instanceof AccessDeniedError || error instanceof AwsRefusalError)) throw error;
    }
    const alone = await Promise.all(
      names.map((name) =>
        parameters.values([name]).catch((error: unknown) => {
          search.notLookedAt.push(notGiven(`the parameter ${name} in ${region}`, error));
          return [];
        }),
      ),
    );
    return alone.flat();
  }

  function note(one: Parameter): void {
    const where = `the parameter ${one.name}`;
    const leave = (why: string) => search.notLookedAt.push({ what: `${where} in ${region}`, why, permission: null });
    if (one.text === keyId) {
      const secret = besideIt(one, read);
      if (secret === null) leave('the key id stands there, and which parameter has its secret is not clear');
      else
        search.places.push({
          spec: specOf(secret, one.name),
          where: `the parameters ${one.name} and ${secret} in ${region}`,
        });
      return;
    }
    const found = keyInText(one.text, keyId, where);
    if (!found) return;
    if (found.why !== null) leave(found.why);
    else if (one.type !== 'SecureString') leave(`${standsThere} ${where} is a ${one.type}, not a SecureString`);
    else search.places.push({ spec: specOf(one.name, null), where: `${where} in ${region}` });
  }
}

/** The only SecureString of the same path that looks like a secret access key; null where there is none, or another. */
function besideIt({ name }: Parameter, all: readonly Parameter[]): string | null {
  const likely = all.filter((one) => one.type === 'SecureString' && pathOf(one.name) === pathOf(name) && isLikely(one));
  const [only] = likely;
  return only && likely.length === 1 ? only.name : null;
}

/** A digest in hexadecimal is as long. */
function isLikely({ text }: Parameter): boolean {
  return /^[A-Za-z0-9/+]{40}$/.test(text) && /[^0-9a-f]/i.test(text);
}

function pathOf(name: string): string {
  return name.slice(0, name.lastIndexOf('/') + 1);
}
