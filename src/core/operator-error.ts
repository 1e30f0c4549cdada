/** An error for the operator. Its message says what is wrong and what to do. */
export class OperatorError extends Error {
  override name = 'OperatorError';
}

/** An operator has named something that does not exist, or that is not what was asked for any more. */
export class NotFoundError extends OperatorError {
  override name = 'NotFoundError';
}
