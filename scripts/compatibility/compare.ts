import { isDeepStrictEqual } from 'node:util';
import { type OwnOperation, plain } from './document.ts';
import { nameOf, operations } from './surface/index.ts';
import { ourOperations, ourParameters } from './surface/ours.ts';
import type { Operation, Parameter } from './surface/shape.ts';

/** Where the page and the gateway's own document do not agree, in words; nothing when all is as it says. */
export function disagreements(own: ReadonlyMap<string, OwnOperation>): string[] {
  const known = new Set([...operations.map(nameOf), ...Object.keys(ourOperations)]);
  const unlisted = [...own.keys()].filter((name) => !known.has(name));
  const gone = Object.keys(ourOperations).filter((name) => !own.has(name));
  return [
    ...unlisted.map((name) => `${name} is not on the page`),
    ...gone.map((name) => `${name} is called ours, and is not there`),
    ...operations.flatMap((operation) => compareOperation(operation, own.get(nameOf(operation)))),
  ];
}

function compareOperation(operation: Operation, own: OwnOperation | undefined): string[] {
  const name = nameOf(operation);
  if (operation.notOffered !== undefined) return own ? [`${name} is called not offered, and is there`] : [];
  if (!own) return [`${name} is not there`];
  const statuses = operation.statuses.filter((status) => !operation.neverHere?.includes(status));
  const found = [
    ...statuses.filter((status) => !own.statuses.includes(status)).map((status) => `does not state ${status}`),
    ...(operation.neverHere ?? []).filter((status) => own.statuses.includes(status)).map((status) => `has ${status}`),
    ...(own.auth === (operation.auth === 'merchant' ? 'key' : operation.auth) ? [] : [`asks for ${own.auth}`]),
    ...(operation.isClosed && !own.isClosed ? ['lets unknown fields of the body pass'] : []),
    ...operation.parameters.flatMap((parameter) => compareParameter(parameter, own)),
    ...unlistedParameters(operation, own),
  ];
  return found.map((what) => `${name}: ${what}`);
}

function unlistedParameters(operation: Operation, own: OwnOperation): string[] {
  const ours = Object.keys(ourParameters[nameOf(operation)] ?? {});
  const listed = [...operation.parameters.map(({ name }) => name), ...ours];
  return [
    ...[...own.parameters.keys()].filter((name) => !listed.includes(name)).map((name) => `${name} is not on the page`),
    ...ours.filter((name) => !own.parameters.has(name)).map((name) => `${name} is called ours, and is not there`),
  ];
}

function compareParameter(parameter: Parameter, own: OwnOperation): string[] {
  const { name, place, required, fact, ours = {}, decided, differs, notOffered } = parameter;
  const found = own.parameters.get(name);
  if (notOffered !== undefined) return found ? [`${name} is called not offered, and is there`] : [];
  if (!found) return [`${name} is not there`];
  const expected = plain({ ...fact, ...ours });
  return [
    ...(found.place === place ? [] : [`${name} is in the ${found.place}`]),
    ...(found.required === required ? [] : [`${name} is ${required ? 'not ' : ''}required`]),
    ...(isDeepStrictEqual(found.rule, expected)
      ? []
      : [`${name} is ${JSON.stringify(found.rule)}, and not ${JSON.stringify(expected)}`]),
    ...(Object.keys(ours).length > 0 && (differs ?? decided) === undefined
      ? [`${name} does not say what is other`]
      : []),
  ];
}
