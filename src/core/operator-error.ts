/** What an operator asked for and cannot be done. The message is for the operator: what is wrong, and what to do. */
export class OperatorError extends Error {
  override name = 'OperatorError';
}
