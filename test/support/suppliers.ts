import { SupplierRegistry } from '../../src/suppliers/registry.ts';
import type { Supplier } from '../../src/suppliers/supplier.ts';

export type SupplierCall = 'buy' | 'find' | 'cancel';

/** The same suppliers; before each call they say which it is, and make it when that was heard. */
export function heard(
  suppliers: SupplierRegistry,
  hear: (call: SupplierCall) => Promise<void> | void,
): SupplierRegistry {
  const tell = <A, R>(name: SupplierCall, call: (given: A) => Promise<R>) => {
    return async (given: A): Promise<R> => {
      await hear(name);
      return call(given);
    };
  };
  return new SupplierRegistry(
    suppliers.all.map((supplier): Supplier => {
      const { buy, find, cancel } = supplier;
      return {
        ...supplier,
        buy: tell('buy', buy),
        find: tell('find', find),
        cancel: cancel && { ...cancel, request: tell('cancel', cancel.request) },
      };
    }),
  );
}
