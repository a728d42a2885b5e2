// What hangs on a secret: tags, and a resource policy, which is kept and shown but never evaluated.
import { requiredText } from './iam-input.ts';
import { mergedTags, tagsIn, textsIn, withoutTags } from './json-input.ts';
import { invalidParameter, keep, onSecret, secretNow, secretSeen } from './secrets-input.ts';
import type { Operation } from './service.ts';
import { ServiceError } from './service-error.ts';

export const attachmentOperations: Record<string, Operation> = {
  TagResource: {
    kind: 'change',
    access: (call) => onSecret(call).map((access) => ({ ...access, requestTags: tagsIn(call.params) })),
    apply: (call) => {
      const secret = secretNow(call);
      keep(call, { ...secret, tags: mergedTags(secret.tags, tagsIn(call.params), tooManyTags) });
      return undefined;
    },
  },

  UntagResource: {
    kind: 'change',
    access: (call) => onSecret(call).map((access) => ({ ...access, tagKeys: textsIn(call.params, 'TagKeys') })),
    apply: (call) => {
      const secret = secretNow(call);
      keep(call, { ...secret, tags: withoutTags(secret.tags, textsIn(call.params, 'TagKeys')) });
      return undefined;
    },
  },

  PutResourcePolicy: {
    kind: 'change',
    access: onSecret,
    apply: (call) => {
      const secret = secretNow(call);
      const document = requiredText(call.params, 'ResourcePolicy');
      const blockPublicPolicy = call.params.BlockPublicPolicy === true;
      if (isPublic(statementsIn(document)) && blockPublicPolicy) {
        throw new ServiceError(
          'PublicPolicyException',
          400,
          'The BlockPublicPolicy parameter is set to true, and the resource policy did not prevent broad access to the secret.',
        );
      }
      keep(call, { ...secret, resourcePolicy: { document, blockPublicPolicy } });
      return { ARN: secret.arn, Name: secret.name };
    },
  },

  GetResourcePolicy: {
    kind: 'read',
    access: onSecret,
    apply: (call) => {
      const { arn, name, resourcePolicy } = secretSeen(call);
      return { ARN: arn, Name: name, ResourcePolicy: resourcePolicy?.document };
    },
  },

  DeleteResourcePolicy: {
    kind: 'change',
    access: onSecret,
    apply: (call) => {
      const secret = secretNow(call);
      keep(call, { ...secret, resourcePolicy: null });
      return { ARN: secret.arn, Name: secret.name };
    },
  },
};

export function tooManyTags(limit: number): ServiceError {
  return invalidParameter(`The number of tags exceeds the limit of ${limit}.`);
}

interface Statement {
  Effect?: unknown;
  Principal?: unknown;
  Condition?: unknown;
}

function statementsIn(document: string): Statement[] {
  try {
    const { Statement: given } = JSON.parse(document) as { Statement: Statement | Statement[] };
    const statements = Array.isArray(given) ? given : [given];
    if (statements.every((one) => typeof one === 'object' && one !== null)) return statements;
  } catch {
    // Refused below like any other text that is no policy.
  }
  throw new ServiceError('MalformedPolicyDocumentException', 400, 'This resource policy contains a syntax error.');
}

function isPublic(statements: readonly Statement[]): boolean {
  return statements.some(
    ({ Effect, Principal, Condition }) =>
      Effect === 'Allow' && Condition === undefined && JSON.stringify(Principal ?? '').includes('"*"'),
  );
}
