// Secrets Manager: secrets by Region, their versions and staging labels. It rotates when it is asked to,
// never by the calendar, and does not replicate.
import { attachmentOperations } from './secrets-attachments.ts';
import { batchOperations } from './secrets-batch.ts';
import { lifecycleOperations } from './secrets-lifecycle.ts';
import { listOperations } from './secrets-lists.ts';
import { rotationOperations } from './secrets-rotation.ts';
import { valueOperations } from './secrets-values.ts';
import { secretsManagerJson } from './secrets-wire.ts';
import type { Service } from './service.ts';

export const secretsManager: Service = {
  name: 'secretsmanager',
  wire: secretsManagerJson,
  sensitive: ['SecretString', 'SecretBinary', 'RotationToken'],
  operations: {
    ...lifecycleOperations,
    ...valueOperations,
    ...batchOperations,
    ...listOperations,
    ...attachmentOperations,
    ...rotationOperations,
  },
};
