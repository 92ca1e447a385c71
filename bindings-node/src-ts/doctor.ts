/** The doctor: checks what lies between a program and its tenant. */
import { staticToken } from './auth.js'
import { Client, withoutCredentials } from './client.js'
import { IdentityError } from './error-base.js'
import { ConfigurationError } from './generated/errors.js'
import { native } from './native.js'
import { fromEnvironment, type ClientSettings } from './settings.js'
import { readReport, type Report } from './report.js'

/**
 * Checks everything between this program and its tenant, and says what to change: settings, DNS, proxy, TLS (naming a CA that
 * inspects it), clocks, signing in, the claims of the token, and what the credential may call.
 *
 * Mistakes in the settings appear in the report and are not rejections; without credentials, the route to the tenant is still
 * checked. Besides signing in, only reads are sent. Redirects are not followed, and a report never contains a secret.
 *
 * @example
 * ```ts
 * const report = await doctor({ tenantUrl: 'https://abc1234.id.cyberark.cloud', auth })
 * console.log(report.toString())
 * ```
 * @param settings - Settings of a client. Whatever is not given comes from the environment, as for `Client.fromEnv`.
 */
export async function doctor(settings: Partial<ClientSettings> = {}): Promise<Report> {
  let lacking: ConfigurationError | undefined
  let client: Client
  try {
    client = new Client(
      fromEnvironment(settings, (error) => {
        lacking = error
        // Takes the place of missing credentials. It is never sent.
        return staticToken('none')
      }),
    )
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    return readReport(native().misconfiguredReport(reasonOf(error)))
  }
  try {
    return await (lacking === undefined ? client.doctor() : client[withoutCredentials](reasonOf(lacking)))
  } finally {
    client.close()
  }
}

/** JSON of what an error says, with its advice removed from the message. */
function reasonOf({ message, hint }: IdentityError): string {
  const advice = hint === undefined ? '' : ` (${hint})`
  const bare = advice !== '' && message.endsWith(advice) ? message.slice(0, -advice.length) : message
  return JSON.stringify({ message: bare, hint })
}
