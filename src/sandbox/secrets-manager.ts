// Secrets Manager: secrets by Region, their versions and staging labels.
import { json } from './json.ts';
import { lifecycleOperations } from './secrets-lifecycle.ts';
import { valueOperations } from './secrets-values.ts';
import type { Service } from './service.ts';

export const secretsManager: Service = {
  name: 'secretsmanager',
  wire: json({ version: '1.1', message: 'Message', failure: 'InternalServiceError' }),
  sensitive: ['SecretString', 'SecretBinary', 'RotationToken'],
  operations: { ...lifecycleOperations, ...valueOperations },
};
