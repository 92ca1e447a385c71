/** Ways to sign in. Only the native library can read their secrets, and they never print. */
import { inspect } from './symbols.js'
import { ConfigurationError } from './generated/errors.js'
import { terminalPrompt, type Prompt, type Question } from './prompt.js'

/** How {@link Credentials} tell the native library what they hold. Known to all copies of this package in a process. */
const reveal = Symbol.for('cyberark-identity.auth.reveal')

/** Gives a token where nothing is asked, and otherwise the answer of a person. */
export type Answering = (question: Question | undefined) => unknown

/** What credentials hold. */
export interface Revealed {
  readonly settings: Readonly<Record<string, string | boolean | undefined>>
  readonly answering?: Answering | undefined
}

/**
 * A way to sign in. Clients created with the same object share its token, one per tenant, and renew it once for all.
 *
 * Created by {@link clientCredentials}, {@link platformToken}, {@link userLogin}, {@link authorizationCode},
 * {@link tokenFunction} or {@link staticToken}.
 */
export class Credentials {
  readonly #revealed: Revealed
  readonly #shown: string

  /** @internal */
  constructor(kind: string, secret: Revealed['settings'], shown: string, answering?: Answering) {
    this.#revealed = { settings: { kind, ...secret }, answering }
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
  [reveal](): Revealed {
    return this.#revealed
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
  /** Scopes that the application defines, separated by spaces. */
  scope?: string | undefined
  /** Sends id and secret in the form instead of a Basic header, if a gateway needs that header for itself. */
  inBody?: boolean | undefined
}

/**
 * Signs in as a service user through an OAuth2 client application of the tenant (RFC 6749, section 4.4). Confidence: high.
 *
 * @throws {@link ConfigurationError} naming the argument that is missing.
 */
export function clientCredentials(options: ClientCredentialsOptions): Credentials {
  const { appId, clientId, clientSecret, scope, inBody } = options
  present('client credentials', { appId, clientId, clientSecret })
  if (scope !== undefined) present('client credentials', { scope })
  const shown = `clientCredentials(appId: ${quoted(appId)}, clientId: ${quoted(clientId)})`
  return new Credentials('clientCredentials', { appId, clientId, clientSecret, scope, inBody }, shown)
}

/** Arguments of {@link platformToken}. */
export interface PlatformTokenOptions {
  /** Login name, with suffix, of the service user. */
  clientId: string
  /** Password of that user. */
  clientSecret: string
}

/**
 * Signs in as a service user for the shared services of the platform, at `/oauth2/platformtoken`, which needs no application.
 * The tenant's own calls accept this token, too. Confidence: high; its lifetime was not recorded.
 *
 * @throws {@link ConfigurationError} naming the argument that is missing.
 */
export function platformToken({ clientId, clientSecret }: PlatformTokenOptions): Credentials {
  present('platform token', { clientId, clientSecret })
  const shown = `platformToken(clientId: ${quoted(clientId)})`
  return new Credentials('platformToken', { clientId, clientSecret }, shown)
}

/**
 * Uses a bearer token that was obtained elsewhere. It is not renewed: when it expires, calls end in an
 * {@link AuthenticationError}.
 *
 * @throws {@link ConfigurationError} if it is missing.
 */
export function staticToken(token: string): Credentials {
  present('static token', { token })
  return new Credentials('staticToken', { token }, 'staticToken(***)')
}

/**
 * Gets the token from a function: from a vault, another library, or a file that something else keeps up to date. It is called
 * again when the token's claims say that it has expired, and once after the service has refused it.
 *
 * What it throws becomes the `cause` of an {@link AuthenticationError}; an {@link IdentityError} is passed on unchanged.
 *
 * @param give - Returns the token as a string.
 * @throws {@link ConfigurationError} if it is not a function.
 */
export function tokenFunction(give: () => string | Promise<string>): Credentials {
  callable('token function', 'give', give)
  return new Credentials('tokenFunction', {}, 'tokenFunction(…)', () => give())
}

/** Arguments of {@link authorizationCode}. */
export interface AuthorizationCodeOptions {
  /** Application id in the tenant. */
  appId: string
  /** The application's client id. */
  clientId: string
  /** Scopes that the application defines, separated by spaces. */
  scope: string
  /** The secret of a confidential application. */
  clientSecret?: string | undefined
  /**
   * Where the browser delivers the code: an address of this machine that the application's settings list as well;
   * `http://127.0.0.1:8400/callback` by default. Port 0 picks a free port, for applications that allow any.
   */
  redirectUri?: string | undefined
  /** Receives one question, of the kind `visit`, and shows or opens its `url`. {@link terminalPrompt} by default. */
  prompt?: Prompt | undefined
}

/**
 * Lets a person sign in with a browser, through an OAuth2 or OpenID Connect application of the tenant, and receives the code on
 * a port of this machine (RFC 6749, section 4.1, with PKCE, RFC 7636). Confidence: high.
 *
 * The token is renewed without asking again if the application issues refresh tokens. A call that finds no token waits up to
 * five minutes for the person; its own time-out starts afterwards.
 *
 * @throws {@link ConfigurationError} naming the argument that is missing.
 */
export function authorizationCode(options: AuthorizationCodeOptions): Credentials {
  const { appId, clientId, scope, clientSecret, redirectUri, prompt = terminalPrompt } = options
  present('authorization code', { appId, clientId, scope })
  if (clientSecret !== undefined) present('authorization code', { clientSecret })
  if (redirectUri !== undefined) present('authorization code', { redirectUri })
  const shown = `authorizationCode(appId: ${quoted(appId)}, clientId: ${quoted(clientId)}, scope: ${quoted(scope)})`
  const settings = { appId, clientId, scope, clientSecret, redirectUri }
  return new Credentials('authorizationCode', settings, shown, asking('authorization code', prompt))
}

/** Arguments of {@link userLogin}. */
export interface UserLoginOptions {
  /** Login name, with suffix. */
  user: string
  /** Answers the request for the password, once; if it is wrong, nobody is asked for another. */
  password?: string | undefined
  /**
   * Answers everything else. {@link terminalPrompt} by default. With null, a sign-in that needs more than the password ends in
   * an {@link AuthenticationError} with the `code` `mfa_required`.
   */
  prompt?: Prompt | null | undefined
}

/**
 * Signs in as a person, with `StartAuthentication` and `AdvanceAuthentication`: password, codes by mail, text message or
 * authenticator app, approval on a device, or another identity provider. Confidence: high.
 *
 * The token is renewed without asking again for as long as the service allows. A call that finds no token waits up to five
 * minutes for the person; its own time-out starts afterwards.
 *
 * @throws {@link ConfigurationError} naming the argument that is missing.
 */
export function userLogin({ user, password, prompt = terminalPrompt }: UserLoginOptions): Credentials {
  present('user login', { user })
  if (password !== undefined) present('user login', { password })
  const answering = prompt === null ? undefined : asking('user login', prompt)
  return new Credentials('userLogin', { user, password }, `userLogin(user: ${quoted(user)})`, answering)
}

function asking(what: string, prompt: Prompt): Answering {
  callable(what, 'prompt', prompt)
  return (question) => prompt(question as Question)
}

/** What the native library needs of `auth`. */
export function revealed(auth: unknown): Revealed {
  const tell = (auth as { [reveal]?: unknown } | null)?.[reveal]
  if (typeof tell !== 'function') {
    throw new ConfigurationError(
      '`auth` must be made by clientCredentials() or staticToken(), or one of their like',
    )
  }
  return (tell as Credentials[typeof reveal]).call(auth as Credentials)
}

function callable(what: string, name: string, value: unknown): void {
  if (typeof value !== 'function') {
    throw new ConfigurationError(`${what}: \`${name}\` must be a function`)
  }
}

/** A wrong value may be a secret in the wrong place, so it is not quoted. */
function present(what: string, values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string' && value.trim() !== '') continue
    const problem = typeof value === 'string' || value == null ? 'is missing or empty' : 'must be a text'
    throw new ConfigurationError(`${what}: \`${name}\` ${problem} (pass it, or set its environment variable)`)
  }
}

function quoted(text: string): string {
  return JSON.stringify(text)
}
