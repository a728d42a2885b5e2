// Names that the CLI and the policies of infra/prevention go by. They are fixed, so there is one deployment per region of an
// account.

/** Path of every role: infra/prevention lets no other role make keys. */
export const rolePath = '/keyturn/';

/** Every function's name begins so: infra/prevention lets nobody change their code but who deploys it. */
export const functionPrefix = 'keyturn-';

export const machineName = 'keyturn';

export const sweepName = 'keyturn-sweep';

/** Where in the bucket the records of ended rotations are, what a sweep hands from function to function, and what it found. */
export const recordPrefix = 'records/';
export const sweepPrefix = 'sweep/';
export const reportPrefix = 'reports/';
