import type { App } from './app-type.ts';

/** Which methods a path takes, by the routes that are registered after this was made. */
export class AllowedMethods {
  readonly #routes: { readonly path: RegExp; readonly methods: readonly string[] }[] = [];

  constructor(app: App) {
    app.addHook('onRoute', ({ url, method }) => {
      // Browsers ask with OPTIONS before they call; where there is nothing but that, there is nothing to call.
      const methods = [method].flat().filter((each) => each !== 'OPTIONS');
      if (methods.length > 0) this.#routes.push({ path: toRegExp(url), methods });
    });
  }

  /** @returns none for a path that does not exist */
  at(url: string): readonly string[] {
    const [path = ''] = url.split('?', 1);
    const methods = this.#routes.filter((route) => route.path.test(path)).flatMap((route) => route.methods);
    return [...new Set(methods)].sort();
  }
}

/** Our paths are letters, dots, dashes and slashes between `:names`; the documentation's files are behind `*`. */
function toRegExp(url: string): RegExp {
  const source = url.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll(/:\w+/g, '[^/]+');
  return new RegExp(`^${source}$`);
}
