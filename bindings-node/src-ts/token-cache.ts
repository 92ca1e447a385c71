/** Where tokens are kept between processes. */
import { inspect } from './symbols.js'
import { ConfigurationError } from './generated/errors.js'

/** How a {@link TokenCache} tells where it is. Known to all copies of this package in a process. */
const place = Symbol.for('cyberark-identity.token-cache.place')

type Place = 'keyring' | 'forUser' | { readonly file: string }

/**
 * Keeps tokens between processes.
 *
 * Processes that sign in with the same credentials at the same tenant share one token, and only one of them at a time fetches a
 * new one. The refresh token is kept with it, so the next process does not ask people again.
 *
 * A token is kept under its tenant and whoever signs in, and given out only for the same secret. Of the secret, only a salted
 * fingerprint (PBKDF2) is kept, too short to confirm a guess. Tokens of {@link staticToken} and of functions are not kept. A token
 * that the service has refused is not used again.
 *
 * The file belongs to the user who runs the program and is closed to everybody else. If others can read it, if it belongs to
 * somebody else or is a link, the call ends in a {@link ConfigurationError} before anything is sent. On Windows, the folder of the user's
 * profile is what protects it.
 *
 * @example
 * ```ts
 * const client = new Client('abc1234', { auth, tokenCache: TokenCache.file('/var/lib/my-job/tokens.json') })
 * ```
 */
export class TokenCache {
  readonly #place: Place

  private constructor(place: Place) {
    this.#place = place
  }

  /** A file at `path`, created when there is a token to keep. Lock files are created beside it. */
  static file(path: string): TokenCache {
    if (typeof path !== 'string' || path === '') {
      throw new ConfigurationError(
        'token cache: `path` must be a text, and not empty (pass the path of a file)',
      )
    }
    return new TokenCache({ file: path })
  }

  /**
   * A file in the user's state folder, encrypted (AES-256-GCM) with a key kept in the operating system's keyring: the macOS
   * Keychain, the Windows Credential Manager, or the Linux kernel keyring, which is emptied by a restart. If none of them is
   * usable, calls end in a {@link ConfigurationError}.
   */
  static keyring(): TokenCache {
    return new TokenCache('keyring')
  }

  /** {@link TokenCache.keyring} if there is a usable one, otherwise a file in the user's state folder. */
  static forUser(): TokenCache {
    return new TokenCache('forUser')
  }

  toString(): string {
    return typeof this.#place === 'string'
      ? `TokenCache.${this.#place}()`
      : `TokenCache.file(${JSON.stringify(this.#place.file)})`
  }

  toJSON(): string {
    return this.toString()
  }

  [inspect](): string {
    return this.toString()
  }

  /** @internal */
  [place](): Place {
    return this.#place
  }
}

/** What the native library needs of `tokenCache`. */
export function placeOf(cache: unknown): Place {
  const tell = (cache as { [place]?: unknown } | null)?.[place]
  if (typeof tell !== 'function') {
    throw new ConfigurationError('`tokenCache` must be a TokenCache, such as TokenCache.file(path)')
  }
  return (tell as TokenCache[typeof place]).call(cache as TokenCache)
}
