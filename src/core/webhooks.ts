/** The module that merchants import. Imported by its public name, so that it also works in an installed package. */
export * from 'skinrail/webhooks';
