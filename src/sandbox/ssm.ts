// SSM, as far as Parameter Store goes.
import { json } from './json.ts';
import { parameterManageOperations } from './parameters-manage.ts';
import { parameterReadOperations } from './parameters-read.ts';
import { parameterWriteOperations } from './parameters-write.ts';
import type { Service } from './service.ts';

export const ssm: Service = {
  name: 'ssm',
  wire: json({ version: '1.1', message: 'message', failure: 'InternalServerError' }),
  sensitive: ['Value'],
  operations: { ...parameterWriteOperations, ...parameterReadOperations, ...parameterManageOperations },
};
