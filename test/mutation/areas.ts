// What is mutated, and which tests have to notice.

export interface Area {
  mutate: readonly string[];
  /** The nearest first. */
  tests: readonly string[];
}

export const areas: Readonly<Record<string, Area>> = {
  machine: {
    mutate: ['src/machine/**/*.ts'],
    tests: ['test/machine/**/*.test.ts', 'test/two-engines.test.ts'],
  },
  rules: {
    mutate: ['src/audit/rules/**/*.ts'],
    tests: ['test/audit/rules/**/*.test.ts', 'test/audit/**/*.test.ts'],
  },
  vault: {
    mutate: ['src/vault/**/*.ts'],
    tests: ['test/vault/**/*.test.ts', 'test/files.test.ts'],
  },
  'files-and-commands': {
    mutate: [
      'src/consumers/{credentials,env,exec,files,held,registry,replaceable,shared,stdout,text}*.ts',
      'src/consumers/{pair-in-file,secret-search}.ts',
    ],
    tests: [
      'test/consumers/{credentials,env,exec,files,first,held,pair-in-file,registry,replaceable,secret-search,shared,stdout,text}*.test.ts',
    ],
  },
  'places-in-aws': {
    mutate: [
      'src/consumers/{compare,contract,find,json,key-in-text,one,parameter,place,search,secure,secretsm,secret-v,ssm}*.ts',
      'src/consumers/pair-in-json.ts',
    ],
    tests: [
      'test/consumers/{compare,find,json,key-in-text,one,pair-in-json,parameter,place,search,secretsm,ssm}*.test.ts',
      'test/cli/{find,places}-in-aws.test.ts',
    ],
  },
  engine: {
    mutate: ['src/engine/**/*.ts'],
    tests: ['test/engine/**/*.test.ts', 'test/safety/**/*.test.ts'],
  },
  activities: {
    mutate: ['src/activities/**/*.ts'],
    tests: ['test/activities/**/*.test.ts', 'test/safety/**/*.test.ts'],
  },
};

/** The tests that the mutants of this process are put before, as run.ts says. */
export function testsNow(): readonly string[] {
  const { KEYTURN_MUTATION_AREA: area = '', KEYTURN_MUTATION_NEAR: near, KEYTURN_MUTATION_TESTS: named } = process.env;
  if (named) return [named];
  const tests = areas[area]?.tests ?? [];
  return near ? tests.slice(0, 1) : tests;
}
