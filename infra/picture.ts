// Draws a synthesised template as a Mermaid flowchart: who starts whom, and what each function's role may look at (dotted) or
// change. Functions that may do the same are one box. Nothing is drawn that the template does not say.

interface Resource {
  Type: string;
  Properties?: Record<string, unknown>;
}

export interface Template {
  Resources: Readonly<Record<string, Resource>>;
}

interface Statement {
  Effect: string;
  Action?: unknown;
  Resource?: unknown;
}

/** Drawn as things that roles reach. */
const things: Readonly<Record<string, string>> = {
  'AWS::S3::Bucket': 'bucket',
  'AWS::SNS::Topic': 'topic',
  'AWS::SQS::Queue': 'dead letters',
  'AWS::SSM::Parameter': 'parameter',
  'AWS::StepFunctions::StateMachine': 'state machine',
};

/** What is not of the stack, by how the ARN ends. The first that matches counts. */
const outside: readonly [RegExp, string, string][] = [
  [/:user\//, 'users', 'IAM users'],
  [/:secret:keyturn\/vault\//, 'vault', 'vault: one secret a rotation'],
  [/:secret:keyturn\/seal\//, 'seals', 'seal: one secret a rotation'],
  [/:(?:secret:|parameter\/)/, 'places', 'places: secrets and parameters'],
];

/** What every function may do is not drawn: it would be an arrow from each to all. */
const ofEverybody = /^(?:logs|xray):/;
const looks = /:(?:BatchGet|Decrypt|Describe|Get|List|Simulate)/;

type Reach = Map<string, 'looks' | 'changes'>;

interface Box {
  names: string[];
  /** Logical ids of the state machines that invoke these functions. */
  by: string[];
  reach: Reach;
}

export function picture({ Resources: all }: Template): string {
  const entries = Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1));
  const of = (...types: string[]) => entries.filter(([, { Type }]) => types.includes(Type));
  const nodes = new Map<string, string>();
  const edges = new Set<string>();
  const machines = of('AWS::StepFunctions::StateMachine').map(([id, { Properties = {} }]) => ({
    id,
    reach: reachOf(all, Properties.RoleArn),
  }));
  const { boxes, boxOf } = boxesOf(all, of('AWS::Lambda::Function'), machines);
  const nodeOf = (id: string) => boxOf.get(id) ?? shortName(id);
  const link = (from: string, to: string, how: 'looks' | 'changes' = 'changes') =>
    void edges.add(`${from} ${how === 'looks' ? '-.->' : '-->'} ${to}`);
  const linkReach = (from: string, reach: Reach) => {
    for (const [to, how] of reach) {
      const words = outside.find(([, name]) => name === to)?.[2];
      if (words) nodes.set(to, `[("${words}")]`);
      link(from, words ? to : nodeOf(to), how);
    }
  };

  for (const [id, resource] of of(...Object.keys(things))) nodes.set(shortName(id), thing(id, resource));
  for (const [name, { reach }] of boxes) linkReach(name, reach);
  for (const { id, reach } of machines) {
    const others = [...reach].filter(([to]) => !boxOf.has(to));
    linkReach(shortName(id), new Map(others));
    if (others.length < reach.size) link(shortName(id), `by${shortName(id)}`);
  }
  for (const [id, { Type, Properties = {} }] of of('AWS::Events::Rule', 'AWS::Scheduler::Schedule')) {
    const what = Type.endsWith('Rule') ? 'rule' : String(Properties.ScheduleExpression);
    nodes.set(shortName(id), `(["${what}<br/>${shortName(id)}"])`);
    for (const { Arn } of [Properties.Targets ?? Properties.Target].flat() as { Arn?: unknown }[]) {
      for (const to of named(all, Arn)) link(shortName(id), nodeOf(to));
    }
  }
  for (const [, { Properties = {} }] of of('AWS::Lambda::Permission')) {
    // A rule is drawn already.
    if (Properties.Principal === 'events.amazonaws.com') continue;
    const service = String(Properties.Principal).replace('.amazonaws.com', '');
    nodes.set(service, `(["${service}"])`);
    for (const to of named(all, Properties.FunctionName)) link(service, nodeOf(to));
  }
  const alarms = of('AWS::CloudWatch::Alarm');
  if (alarms.length > 0) nodes.set('alarms', `(["${alarms.length} alarms"])`);
  for (const [, { Properties = {} }] of alarms) {
    for (const to of named(all, Properties.AlarmActions)) link('alarms', nodeOf(to));
  }
  for (const [, { Properties = {} }] of of('AWS::SNS::Subscription')) {
    nodes.set('people', '(["people"])');
    for (const from of named(all, Properties.TopicArn)) link(nodeOf(from), 'people');
  }
  return [
    '%% Generated from the synthesised template by `npm run generate`. Not edited by hand.',
    ...counted(entries).map((line) => `%% ${line}`),
    'flowchart LR',
    ...[...nodes].map(([id, shape]) => `  ${id}${shape}`),
    ...boxed(boxes),
    ...[...edges].sort().map((edge) => `  ${edge}`),
    '',
  ].join('\n');
}

function boxesOf(
  all: Template['Resources'],
  functions: readonly [string, Resource][],
  machines: readonly { id: string; reach: Reach }[],
) {
  const byKey = new Map<string, Box & { ids: string[] }>();
  for (const [id, { Properties = {} }] of functions) {
    const reach = reachOf(all, Properties.Role);
    const by = machines.filter((machine) => machine.reach.has(id)).map((machine) => machine.id);
    const key = JSON.stringify([by, [...reach].sort()]);
    const box = byKey.get(key) ?? { names: [], by, reach, ids: [] };
    box.names.push(String(Properties.FunctionName ?? shortName(id)).replace(/^keyturn-/, ''));
    box.ids.push(id);
    byKey.set(key, box);
  }
  const boxes = new Map<string, Box>();
  const boxOf = new Map<string, string>();
  for (const { ids, ...box } of byKey.values()) {
    box.names.sort();
    const name = box.names[0] ?? '';
    boxes.set(name, box);
    for (const id of ids) boxOf.set(id, name);
  }
  return { boxes: new Map([...boxes].sort(([a], [b]) => (a < b ? -1 : 1))), boxOf };
}

/** The boxes, around those of one state machine a frame. */
function boxed(boxes: ReadonlyMap<string, Box>): string[] {
  const lines: string[] = [];
  const frames = new Set([...boxes.values()].map(({ by }) => by.join()));
  for (const frame of frames) {
    const inside = [...boxes].filter(([, { by }]) => by.join() === frame);
    const [only] = inside[0]?.[1].by ?? [];
    if (only) lines.push(`  subgraph by${shortName(only)}["invoked by ${shortName(only)}"]`);
    for (const [name, { names }] of inside) lines.push(`${only ? '    ' : '  '}${name}["${names.join('<br/>')}"]`);
    if (only) lines.push('  end');
  }
  return lines;
}

function thing(id: string, { Type, Properties = {} }: Resource): string {
  const name = typeof Properties.Name === 'string' ? Properties.Name : shortName(id);
  return `[("${things[Type]}<br/>${name}")]`;
}

/** Without the construct before it and the CDK's hash behind it. */
function shortName(id: string): string {
  return id.replace(/^KeyRotation/, '').replace(/[0-9A-F]{8}$/, '');
}

/** What the policies of a role let it reach, by logical ids and the names of what is outside. */
function reachOf(all: Template['Resources'], role: unknown): Reach {
  const [roleId] = named(all, role);
  const reach: Reach = new Map();
  for (const { Type, Properties = {} } of Object.values(all)) {
    if (Type !== 'AWS::IAM::Policy' || !named(all, Properties.Roles).includes(roleId ?? '')) continue;
    const { Statement } = Properties.PolicyDocument as { Statement: Statement[] };
    for (const { Effect, Action, Resource } of Statement) {
      const actions = [Action].flat().filter((one) => typeof one === 'string' && !ofEverybody.test(one)) as string[];
      if (Effect !== 'Allow' || actions.length === 0) continue;
      const how = actions.every((action) => looks.test(action)) ? 'looks' : 'changes';
      for (const to of [Resource].flat().flatMap((one) => reachedBy(all, one))) {
        if (reach.get(to) !== 'changes') reach.set(to, how);
      }
    }
  }
  return reach;
}

function reachedBy(all: Template['Resources'], resource: unknown): string[] {
  const text = flat(resource);
  // Whom the machine itself invokes names it by its name, or there would be a circle in the template.
  const [, name] = /:(?:stateMachine|execution):([\w-]+)(?::\*)?$/.exec(text) ?? [];
  const byName = Object.entries(all).find(([, { Properties }]) => name && Properties?.StateMachineName === name);
  if (byName) return [byName[0]];
  const found = outside.find(([pattern]) => pattern.test(text));
  const ofStack = named(all, resource).filter(
    (id) => things[all[id]?.Type ?? ''] || /Function$/.test(all[id]?.Type ?? ''),
  );
  return ofStack.length > 0 ? ofStack : found ? [found[1]] : [];
}

/** The logical ids of the stack's own resources in a value. */
function named(all: Template['Resources'], value: unknown): string[] {
  const ids = [...JSON.stringify(value ?? null).matchAll(/"(?:Ref|Fn::GetAtt)":\[?"(\w+)"/g)].map(([, id]) => id ?? '');
  return [...new Set(ids)].filter((id) => Object.hasOwn(all, id));
}

function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Join': join } = (value ?? {}) as { 'Fn::Join'?: [string, unknown[]] };
  return join ? join[1].map(flat).join(join[0]) : '';
}

function counted(entries: readonly [string, Resource][]): string[] {
  const counts = new Map<string, number>();
  for (const [, { Type }] of entries) counts.set(Type, (counts.get(Type) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, count]) => `${count} ${type}`);
}
