// How Secrets Manager writes.
import { json } from './json.ts';

export const secretsManagerJson = json({ version: '1.1', message: 'Message', failure: 'InternalServiceError' });
