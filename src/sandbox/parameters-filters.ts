// Which parameters a filter or a path picks.
import { textsIn } from './json-input.ts';
import type { StoredParameter } from './parameter.ts';
import { invalid, newest } from './parameters-input.ts';
import type { Call, Params } from './service.ts';
import { ServiceError } from './service-error.ts';

interface Filter {
  Key?: string;
  Option?: string;
  Values?: string[];
}

type Test = (parameter: StoredParameter) => boolean;

export function badToken(): ServiceError {
  return new ServiceError('InvalidNextToken', 400, 'The specified token is not valid.');
}

/** The parameters of the call's Region below a path: its own, or with `Recursive` those of deeper levels too. */
export function under({ region, params }: Call, path: string, recursive = params.Recursive === true): Test {
  const prefix = path.endsWith('/') ? path : `${path}/`;
  return (parameter) => {
    const name = parameter.name.startsWith('/') ? parameter.name : `/${parameter.name}`;
    const rest = name.slice(prefix.length);
    return parameter.region === region && name.startsWith(prefix) && (recursive || !rest.includes('/'));
  };
}

/** Every filter of the request must pick the parameter; within a filter one of its values is enough. */
export function matchesFilters(call: Call, keys: readonly string[]): Test {
  const tests = filtersIn(call.params).map((filter) => testOf(filter, call, keys));
  return (parameter) => tests.every((test) => test(parameter));
}

function filtersIn(params: Params): Filter[] {
  const { Filters, ParameterFilters } = params;
  if (Array.isArray(Filters) && Array.isArray(ParameterFilters)) {
    throw invalid('You can use either Filters or ParameterFilters in a single request.');
  }
  // The older Filters always compare beginnings.
  const older = Array.isArray(Filters) ? (Filters as Filter[]).map((one) => ({ ...one, Option: 'BeginsWith' })) : [];
  return Array.isArray(ParameterFilters) ? (ParameterFilters as Filter[]) : older;
}

function testOf(filter: Filter, call: Call, keys: readonly string[]): Test {
  const { Key: key = '' } = filter;
  const values = textsIn(filter as Params, 'Values');
  if (!keys.some((known) => key === known || (known.endsWith(':') && key.startsWith(known) && key !== known))) {
    throw new ServiceError(
      'InvalidFilterKey',
      400,
      `The following filter key is not valid: ${key}. Valid filter keys include: [${keys.join(', ')}].`,
    );
  }
  if (key === 'Path') {
    const recursive = optionOf(filter, ['OneLevel', 'Recursive']) === 'Recursive';
    return (parameter) => values.some((path) => under(call, path, recursive)(parameter));
  }
  if (values.length === 0 && !key.startsWith('tag:')) {
    throw new ServiceError(
      'InvalidFilterValue',
      400,
      `The following filter values are missing : null for filter key ${key}.`,
    );
  }
  const option = optionOf(filter, key === 'Name' ? ['Equals', 'BeginsWith', 'Contains'] : ['Equals', 'BeginsWith']);
  const wanted = key === 'Name' ? values.map(bare) : values;
  return (parameter) => {
    const texts = textsOf(parameter, key);
    if (values.length === 0) return texts.length > 0;
    return texts.some((text) => wanted.some((value) => compare(option, text, value)));
  };
}

function optionOf({ Option }: Filter, allowed: readonly string[]): string {
  const option = Option ?? allowed[0] ?? '';
  if (allowed.includes(option)) return option;
  throw new ServiceError(
    'InvalidFilterOption',
    400,
    `The following filter option is not valid: ${option}. Valid options include: [${allowed.join(', ')}].`,
  );
}

function textsOf(parameter: StoredParameter, key: string): readonly string[] {
  const { tier, keyId, labels } = newest(parameter);
  if (key === 'Name') return [bare(parameter.name)];
  if (key === 'Type') return [parameter.type];
  if (key === 'Tier') return [tier];
  if (key === 'KeyId') return keyId === null ? [] : [keyId];
  if (key === 'Label') return labels;
  const value = parameter.tags[key.slice('tag:'.length)];
  return value === undefined ? [] : [value];
}

function compare(option: string, text: string, value: string): boolean {
  if (option === 'Contains') return text.includes(value);
  return option === 'BeginsWith' ? text.startsWith(value) : text === value;
}

/** Names are compared without the slash at their beginning. */
function bare(name: string): string {
  return name.replace(/^\//, '');
}
