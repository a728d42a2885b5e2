// The credential report as IAM writes it: root first, users by name whatever their case, the first two keys of each by
// ascending id, and words in place of what there is not.
import { instant } from '../clock.ts';
import { rootName, type StoredKey, type StoredUser } from './directory.ts';
import type { LastUsed } from './last-used.ts';

const columns = [
  'user',
  'arn',
  'user_creation_time',
  'password_enabled',
  'password_last_used',
  'password_last_changed',
  'password_next_rotation',
  'mfa_active',
  ...['1', '2'].flatMap((slot) =>
    ['active', 'last_rotated', 'last_used_date', 'last_used_region', 'last_used_service'].map(
      (column) => `access_key_${slot}_${column}`,
    ),
  ),
  'cert_1_active',
  'cert_1_last_rotated',
  'cert_2_active',
  'cert_2_last_rotated',
];

/** Lines end with LF, the last one with nothing. IAM allows commas in names: such a field is quoted. */
export function credentialReport(root: StoredUser, users: readonly StoredUser[], lastUsed: LastUsed): string {
  const sorted = [...users].sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
  const rows = [root, ...sorted].map((user) => row(user, lastUsed));
  return [columns, ...rows].map((fields) => fields.map(field).join(',')).join('\n');
}

function row(user: StoredUser, lastUsed: LastUsed): string[] {
  const [first, second] = [...user.keys].sort((a, b) => (a.id < b.id ? -1 : 1));
  return [
    user.name,
    user.arn,
    instant(user.createdAt),
    ...passwordFields(user),
    String(user.mfa),
    ...keyFields(first, lastUsed),
    ...keyFields(second, lastUsed),
    'false',
    'N/A',
    'false',
    'N/A',
  ];
}

function passwordFields({ name, password }: StoredUser): string[] {
  const lastUsed = password?.lastUsedAt ? instant(password.lastUsedAt) : 'no_information';
  if (name === rootName) return ['not_supported', lastUsed, 'not_supported', 'not_supported'];
  if (!password) return ['false', 'N/A', 'N/A', 'N/A'];
  return ['true', lastUsed, instant(password.changedAt), 'N/A'];
}

/** An inactive key keeps its times; only a slot without a key has none. */
function keyFields(key: StoredKey | undefined, lastUsed: LastUsed): string[] {
  if (!key) return ['false', 'N/A', 'N/A', 'N/A', 'N/A'];
  const use = lastUsed.published(key.id);
  return [
    String(key.status === 'Active'),
    instant(key.changedAt),
    ...(use ? [instant(use.at), use.region, use.service] : ['N/A', 'N/A', 'N/A']),
  ];
}

function field(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
