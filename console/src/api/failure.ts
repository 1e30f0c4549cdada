/** What the gateway answers instead of data, or why there was no answer. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  /** The stable key of the error, or `UNREACHABLE`. */
  readonly key: string;
  /** null: no answer came. */
  readonly requestId: string | null;
  /** Invalid fields of the request, with what is wrong. */
  readonly fields: Readonly<Record<string, string>>;
  /** null: the gateway did not name a time. */
  readonly retryAfterSeconds: number | null;

  constructor(message: string, about: Partial<Pick<ApiFailure, 'key' | 'requestId' | 'fields' | 'retryAfterSeconds'>>) {
    super(message);
    this.key = about.key ?? 'SERVER_ERROR';
    this.requestId = about.requestId ?? null;
    this.fields = about.fields ?? {};
    this.retryAfterSeconds = about.retryAfterSeconds ?? null;
  }
}

export function isFailure(error: unknown, key: string): boolean {
  return error instanceof ApiFailure && error.key === key;
}

/** Reads the body of an answer that is no success: the gateway's envelope, or what a proxy before it has said. */
export function failureOf(body: unknown, response: Response): ApiFailure {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const retryAfterSeconds = Number.isFinite(seconds) ? seconds : null;
  const error = field(body, 'error');
  const key = field(error, 'key');
  if (typeof key !== 'string') {
    return new ApiFailure(`The gateway answered with status ${response.status}.`, { retryAfterSeconds });
  }
  const requestId = field(body, 'requestId');
  return new ApiFailure(textOf(field(error, 'message')), {
    key,
    requestId: typeof requestId === 'string' ? requestId : null,
    fields: textsOf(field(error, 'fields')),
    retryAfterSeconds,
  });
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function textOf(message: unknown): string {
  return Array.isArray(message) ? message.join(' ') : String(message ?? '');
}

function textsOf(fields: unknown): Record<string, string> {
  if (typeof fields !== 'object' || fields === null) return {};
  return Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, String(text)]));
}
