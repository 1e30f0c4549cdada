import { type RawBuilder, sql } from 'kysely';

/**
 * Marks a read that is meant to be of all merchants: on a distributed engine it asks every worker. All other statements
 * name the merchant whose rows they use, so that one worker runs them (docs/internals/portable-sql.md).
 */
export const ALL_MERCHANTS = '/* all merchants */';

/** The mark in a statement that is built with Kysely: `.modifyFront(ofAllMerchants)`, or anywhere in a text. */
export const ofAllMerchants: RawBuilder<unknown> = sql.raw(ALL_MERCHANTS);

/** Marks a statement that works on a single server only; docs/internals/portable-sql.md says why it is there. */
export const NOT_ON_CLUSTERS = '/* not on clusters */';

/** Marks the form of a statement that is about several merchants: on a cluster another form is sent, for each by itself. */
export const ON_ONE_SERVER = '/* on one server */';

/** The mark in a statement. */
export const onOneServer: RawBuilder<unknown> = sql.raw(ON_ONE_SERVER);

/** The mark in a statement. */
export const notOnClusters: RawBuilder<unknown> = sql.raw(NOT_ON_CLUSTERS);
