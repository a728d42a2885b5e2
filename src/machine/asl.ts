// Writes a machine down in Amazon States Language: JSONPath only, no Assign, no JSONata, no SDK integrations, so that
// independent interpreters can run it. `${activity}` stands for the ARN of that activity's function until deployment.
import { type Node, readGraph, VocabularyError, type Written } from './graph.ts';

export interface AslRetrier {
  ErrorEquals: string[];
  IntervalSeconds: number;
  BackoffRate: number;
  MaxAttempts: number;
  MaxDelaySeconds: number;
  JitterStrategy: 'FULL';
}

export interface AslCatcher {
  ErrorEquals: string[];
  ResultPath: string;
  Next: string;
}

export interface AslPass {
  Type: 'Pass';
  Parameters?: Record<string, string>;
  Result?: Record<string, string>;
  ResultPath: string;
  Next: string;
}

export interface AslTask {
  Type: 'Task';
  Resource: string;
  TimeoutSecondsPath?: string;
  Parameters?: { FunctionName: string; Payload: Record<string, string> };
  ResultPath: string;
  Retry: AslRetrier[];
  Catch: AslCatcher[];
  Next: string;
}

export interface AslChoice {
  Type: 'Choice';
  Choices: { And: [{ Variable: string; IsPresent: true }, { Variable: string; StringEquals: string }]; Next: string }[];
  Default: string;
}

export type AslState =
  | AslPass
  | AslTask
  | AslChoice
  | { Type: 'Succeed' }
  | { Type: 'Fail'; Error: 'Stuck'; Cause: string };

export interface AslDefinition {
  Comment: string;
  StartAt: string;
  States: Record<string, AslState>;
}

/** What is worth asking again: the function was never run, or ended without an answer, or AWS asked to slow down. */
const retry: AslRetrier[] = [
  {
    ErrorEquals: [
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
      'Lambda.SdkClientException',
      'Lambda.TooManyRequestsException',
      'Lambda.Unknown',
      'Sandbox.Timedout',
      'ThrottledError',
    ],
    IntervalSeconds: 2,
    BackoffRate: 2,
    MaxAttempts: 6,
    MaxDelaySeconds: 60,
    JitterStrategy: 'FULL',
  },
];

const placeholder = (activity: string) => `\${${activity}}`;

/** The same machine for Step Functions. Throws VocabularyError on everything that it could not say exactly. */
export function toAsl(machine: Written): AslDefinition {
  const { start, nodes } = readGraph(machine);
  const states = [...nodes].flatMap(([name, node]) => toStates(name, node));
  const twice = states.find(([name], index) => states.findIndex(([other]) => other === name) !== index);
  if (twice)
    throw new VocabularyError(twice[0], 'is also the name of the state that a park makes for its elapsed time');
  return {
    Comment: 'Generated from src/machine/rotation.ts by `npm run generate`. Not edited by hand.',
    StartAt: start,
    States: Object.fromEntries(states),
  };
}

function toStates(name: string, node: Node): [string, AslState][] {
  switch (node.word) {
    case 'begin':
      return [
        [
          name,
          {
            Type: 'Pass',
            Parameters: {
              'id.$': '$$.Execution.Id',
              'name.$': '$$.Execution.Name',
              'startTime.$': '$$.Execution.StartTime',
              // What stands in the input was never an activity's outcome: it is kept apart, to be told from one.
              'input.$': '$$.Execution.Input',
            },
            ResultPath: '$.execution',
            Next: node.next,
          },
        ],
      ];
    case 'run':
      return [
        [
          name,
          {
            Type: 'Task',
            Resource: placeholder(node.activity),
            ResultPath: `$.${node.activity}`,
            Retry: retry,
            Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: node.onError }],
            Next: node.next,
          },
        ],
      ];
    case 'park': {
      const elapsed = `${name}Elapsed`;
      const result = `$.${node.activity}`;
      return [
        [
          name,
          {
            Type: 'Task',
            Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
            TimeoutSecondsPath: `$.${node.deadline}.seconds`,
            Parameters: {
              FunctionName: placeholder(node.activity),
              Payload: { 'token.$': '$$.Task.Token', 'context.$': '$', state: name },
            },
            ResultPath: result,
            Retry: retry,
            Catch: [
              // That the deadline passed is an answer: it is put where `elapsed` replaces it, and never becomes the error.
              { ErrorEquals: ['States.Timeout'], ResultPath: result, Next: elapsed },
              { ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: node.onError },
            ],
            Next: node.next,
          },
        ],
        [elapsed, { Type: 'Pass', Result: { signal: 'elapsed' }, ResultPath: result, Next: node.next }],
      ];
    }
    case 'decide':
      return [
        [
          name,
          {
            Type: 'Choice',
            Choices: node.branches.map(({ path, value, target }) => ({
              // A Choice on a missing field would end the execution with an error that nothing catches.
              And: [
                { Variable: `$.${path}`, IsPresent: true },
                { Variable: `$.${path}`, StringEquals: value },
              ],
              Next: target,
            })),
            Default: node.otherwise,
          },
        ],
      ];
    case 'end':
      if (name !== 'stuck') return [[name, { Type: 'Succeed' }]];
      return [
        [
          name,
          {
            Type: 'Fail',
            Error: 'Stuck',
            Cause: 'needs a person; the claim and the vault entry stay, and resume goes on',
          },
        ],
      ];
  }
}
