/** The lengths that the gateway accepts; its document has them too. */
export const PASSWORD_MIN = 12;
export const PASSWORD_MAX = 256;
export const PASSWORD_HINT = `${PASSWORD_MIN} characters or more. A password manager makes a good one.`;
