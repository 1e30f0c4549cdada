/** The module that merchants import as `skinrail/webhooks`. Imported by its public name, so that it is found in a package too. */
export * from 'skinrail/webhooks';
