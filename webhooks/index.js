// What a merchant's server needs to take callbacks, and what the gateway signs them with. Plain JavaScript without
// dependencies, for Node 18 and newer: it has to run from `node_modules`, where Node strips no types.

export { approve, reject } from './answers.js';
export { dedupeKey, isTestPing, kindOf } from './kinds.js';
export { SIGNATURE_HEADER, sign } from './signature.js';
export { verify } from './verify.js';
