import type { App } from './app-type.ts';

/** The methods of each path, from the routes that are registered after this object was created. */
export class AllowedMethods {
  readonly #routes: { readonly path: RegExp; readonly methods: readonly string[] }[] = [];

  constructor(app: App) {
    app.addHook('onRoute', ({ url, method }) => {
      // OPTIONS is only for preflight requests, and does not make a path exist.
      const methods = [method].flat().filter((each) => each !== 'OPTIONS');
      if (methods.length > 0) this.#routes.push({ path: toRegExp(url), methods });
    });
  }

  /** @returns an empty list for a path that does not exist */
  at(url: string): readonly string[] {
    const [path = ''] = url.split('?', 1);
    const methods = this.#routes.filter((route) => route.path.test(path)).flatMap((route) => route.methods);
    return [...new Set(methods)].sort();
  }
}

/** Route paths consist of letters, dots, dashes, slashes and `:names`; the documentation's files are behind `*`. */
function toRegExp(url: string): RegExp {
  const source = url.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll(/:\w+/g, '[^/]+');
  return new RegExp(`^${source}$`);
}
