/** An error for the operator. Its message says what is wrong and what to do. */
export class OperatorError extends Error {
  override name = 'OperatorError';
}
