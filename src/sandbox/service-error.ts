// A refusal in AWS's own words. Services throw it; the wire protocol in use writes it down.

export class ServiceError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
  }
}

export function noSuchUser(name: string): ServiceError {
  return new ServiceError('NoSuchEntity', 404, `The user with name ${name} cannot be found.`);
}

export function noSuchKey(id: string): ServiceError {
  return new ServiceError('NoSuchEntity', 404, `The Access Key with id ${id} cannot be found.`);
}

export function invalidToken(): ServiceError {
  return new ServiceError('InvalidClientTokenId', 403, 'The security token included in the request is invalid.');
}

export function validationError(message: string): ServiceError {
  return new ServiceError('ValidationError', 400, message);
}

/** One failed constraint, worded as AWS's request validation does. */
export function constraintError(value: string | null, member: string, constraint: string): ServiceError {
  const shown = value === null ? 'null' : `'${value}'`;
  return validationError(
    `1 validation error detected: Value ${shown} at '${member}' failed to satisfy constraint: Member must ${constraint}`,
  );
}
