import type { FastifyRequest } from 'fastify';
import type { Deps } from '../deps.ts';
import { recorded, type Watch } from '../operators/commands.ts';
import { personOf, type SignedIn } from './guard.ts';

/**
 * Does what a person has asked for, and records it in the audit trail.
 * @param command what is done, in the words of the command line
 * @param work calls `watch` before it changes something
 */
export function recordedFor<T>(
  deps: Deps,
  request: FastifyRequest,
  command: readonly string[],
  work: (watch: Watch) => Promise<T>,
): Promise<T> {
  return recordedAs(deps, request, personOf(request), command, work);
}

/** The same for someone who is not signed in yet. */
export function recordedAs<T>(
  deps: Deps,
  request: FastifyRequest,
  { actor, address }: Pick<SignedIn, 'actor' | 'address'>,
  command: readonly string[],
  work: (watch: Watch) => Promise<T>,
): Promise<T> {
  const origin = `operator API from ${address}, request ${request.id}`;
  const shown = command.map((part) => (/^[\w.:/@%+,=-]+$/.test(part) ? part : JSON.stringify(part))).join(' ');
  return recorded(deps, { actor, origin, command: shown }, work);
}
