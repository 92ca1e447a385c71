/** Where tokens are kept between processes. */
import { inspect } from './symbols.js'
import { ConfigurationError } from './generated/errors.js'

/** How a {@link TokenCache} tells where it is. Known to all copies of this package in a process. */
const place = Symbol.for('cyberark-identity.token-cache.place')

type Place = 'keyring' | 'forUser' | { readonly file: string }

/**
 * Keeps tokens between processes, where a client is told to.
 *
 * Whoever signs in with the same credentials at the same tenant takes the token that another process has fetched, and one process at
 * a time fetches a new one. What renews a token is kept with it, so people are not asked again by the next process.
 *
 * Tokens are kept by tenant and by who signs in, and are given to the same secret only, of which nothing is kept but a salted
 * fingerprint (PBKDF2) that is too short to prove a guess. Those of {@link staticToken} and of functions are not kept. A token that
 * the service refused is not taken again.
 *
 * The file is of the user who runs the program and closed to all others: one that others may read, that belongs to somebody else, or
 * that is a link ends the call in a {@link ConfigurationError} before anything is sent. On Windows, the folder of the user's profile
 * is what protects it.
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

  /** A file at `path`, which is made when there is a token to keep. Files for its locks are made beside it. */
  static file(path: string): TokenCache {
    if (typeof path !== 'string' || path === '') {
      throw new ConfigurationError(
        'token cache: `path` must be a text, and not empty (pass the path of a file)',
      )
    }
    return new TokenCache({ file: path })
  }

  /**
   * A file in the user's state folder, encrypted (AES-256-GCM) with a key that is in the keyring of the operating system: the
   * Keychain of macOS, the Credential Manager of Windows, or the keyring of the Linux kernel, which is emptied by a restart. Calls
   * end in a {@link ConfigurationError} where there is none that can be used.
   */
  static keyring(): TokenCache {
    return new TokenCache('keyring')
  }

  /** {@link TokenCache.keyring} where there is one that can be used, and else a file in the user's state folder. */
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
