// IAM, as far as access keys and their users need it.
import { accountOperations } from './iam-account.ts';
import { authorizationOperations } from './iam-authorization.ts';
import { keyOperations } from './iam-keys.ts';
import { roleOperations } from './iam-roles.ts';
import { simulationOperations } from './iam-simulation.ts';
import { tagOperations } from './iam-tags.ts';
import { userOperations } from './iam-users.ts';
import { queryXml } from './query-xml.ts';
import type { Service } from './service.ts';

export const iam: Service = {
  name: 'iam',
  wire: queryXml({ namespace: 'https://iam.amazonaws.com/doc/2010-05-08/', version: '2010-05-08' }),
  operations: {
    ...userOperations,
    ...keyOperations,
    ...tagOperations,
    ...accountOperations,
    ...authorizationOperations,
    ...roleOperations,
    ...simulationOperations,
  },
};
