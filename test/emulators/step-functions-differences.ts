// Every known lie of the emulators about Step Functions, and no others. An entry that is no longer true fails the run. Those
// which mended-moto.py sets right stay here for as long as moto needs it. `reference` is the Step Functions API Reference,
// `guide` the Developer Guide.
import type { AllowedDifference } from '../support/contract.ts';

const reference = 'https://docs.aws.amazon.com/step-functions/latest/apireference';
const guide = 'https://docs.aws.amazon.com/step-functions/latest/dg';
const accepted = "code: 'accepted'";

const unchecked: AllowedDifference[] = [
  {
    id: 'definition.dangling-next',
    instead: 'a state may lead nowhere',
    shows: accepted,
    source: `${reference}/API_CreateStateMachine.html, InvalidDefinition`,
  },
  {
    id: 'choice.path-missing',
    instead: 'what is absent is equal to nothing',
    shows: "to match object { status: 'FAILED'",
    source: `${guide}/state-choice.html and ${guide}/concepts-error-handling.html, States.Runtime`,
  },
];

/** Mended for whole rotations. */
const motoMended: AllowedDifference[] = [
  {
    id: 'execution.start-time',
    instead: 'an execution that has its start in its output cannot be described',
    shows: 'SyntaxError',
    source: `${guide}/input-output-contextobject.html, "StartTime" is a text`,
  },
  {
    id: 'history.reverse',
    instead: 'a history begins with its beginning, whatever is asked for',
    shows: 'to deeply equal [ 6, 5',
    source: `${reference}/API_GetExecutionHistory.html, "reverseOrder"`,
  },
];

const moto: AllowedDifference[] = [
  ...unchecked,
  ...motoMended,
  {
    id: 'choice.none-matched',
    instead: 'the execution fails by another name',
    shows: 'to match object',
    source: `${guide}/concepts-error-handling.html, States.NoChoiceMatched`,
  },
  {
    id: 'stop.told',
    instead: 'by what and why an execution was stopped is forgotten',
    shows: 'to match object',
    source: `${reference}/API_StopExecution.html, "error" and "cause"`,
  },
  {
    id: 'history.pages',
    instead: 'maxResults is ignored: everything comes in one page',
    shows: 'to deeply equal [ 1, 2, 3, 4 ]',
    source: `${reference}/API_GetExecutionHistory.html, "maxResults"`,
  },
];

const ministack: AllowedDifference[] = [
  ...unchecked,
  {
    id: 'start.same-again',
    instead: 'the same name with the same input is refused',
    shows: 'ExecutionAlreadyExists',
    source: `${reference}/API_StartExecution.html, "StartExecution is idempotent"`,
  },
  {
    id: 'token.unknown',
    instead: 'a token that is none is one that was used',
    shows: "code: 'TaskDoesNotExist'",
    source: `${reference}/API_SendTaskSuccess.html, InvalidToken`,
  },
];

export const stepFunctionsDifferences = { moto, ministack };
