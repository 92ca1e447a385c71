/** Ways to sign in. Their secrets are readable by the native library only and never print. */
import { inspect } from './symbols.js'
import { ConfigurationError } from './generated/errors.js'

/** How {@link Credentials} tell the native library what they hold. Known to all copies of this package in a process. */
const reveal = Symbol.for('cyberark-identity.auth.reveal')

/** A way to sign in, made by {@link clientCredentials} or {@link staticToken}. */
export class Credentials {
  readonly #settings: Readonly<Record<string, string | undefined>>
  readonly #shown: string

  /** @internal */
  constructor(kind: string, secret: Readonly<Record<string, string | undefined>>, shown: string) {
    this.#settings = { kind, ...secret }
    this.#shown = shown
  }

  /** What may be shown. */
  toString(): string {
    return this.#shown
  }

  toJSON(): string {
    return this.#shown
  }

  [inspect](): string {
    return this.#shown
  }

  /** @internal */
  [reveal](): Readonly<Record<string, string | undefined>> {
    return this.#settings
  }
}

/** Arguments of {@link clientCredentials}. */
export interface ClientCredentialsOptions {
  /** Application id of the OAuth2 client application in the tenant. */
  appId: string
  /** Login name, with suffix, of the service user that is an OAuth confidential client. */
  clientId: string
  /** Password of that user. */
  clientSecret: string
  /** Names of scopes, separated by spaces, that the application defines. */
  scope?: string | undefined
}

/**
 * Signs in as a service user by an OAuth2 client application of the tenant.
 *
 * @throws {@link ConfigurationError} naming the part that is missing.
 */
export function clientCredentials(options: ClientCredentialsOptions): Credentials {
  const { appId, clientId, clientSecret, scope } = options
  for (const [name, value] of Object.entries({ appId, clientId, clientSecret })) {
    present('client credentials', name, value)
  }
  if (scope !== undefined) present('client credentials', 'scope', scope)
  const shown = `clientCredentials(appId: ${quoted(appId)}, clientId: ${quoted(clientId)})`
  return new Credentials('clientCredentials', { appId, clientId, clientSecret, scope }, shown)
}

/**
 * Uses a bearer token that was got elsewhere. It is not renewed: when it expires, calls end in an
 * {@link AuthenticationError}.
 *
 * @throws {@link ConfigurationError} when it is missing.
 */
export function staticToken(token: string): Credentials {
  present('static token', 'token', token)
  return new Credentials('staticToken', { token }, 'staticToken(***)')
}

/** What the native library needs of `auth`. */
export function revealed(auth: unknown): Readonly<Record<string, string | undefined>> {
  const tell = (auth as { [reveal]?: unknown } | null)?.[reveal]
  if (typeof tell !== 'function') {
    throw new ConfigurationError('`auth` must be made by clientCredentials() or staticToken()')
  }
  return (tell as Credentials[typeof reveal]).call(auth as Credentials)
}

/** A wrong value may be a secret in the wrong place, so it is not quoted. */
function present(what: string, name: string, value: unknown): void {
  if (typeof value !== 'string' || value.trim() === '') {
    const problem = typeof value === 'string' || value == null ? 'is missing or empty' : 'must be a text'
    throw new ConfigurationError(`${what}: \`${name}\` ${problem} (pass it, or set its environment variable)`)
  }
}

function quoted(text: string): string {
  return JSON.stringify(text)
}
