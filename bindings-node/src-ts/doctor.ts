/** The doctor: what is between a program and its tenant, and what to change. */
import { staticToken } from './auth.js'
import { Client, withoutCredentials } from './client.js'
import { IdentityError } from './error-base.js'
import { ConfigurationError } from './generated/errors.js'
import { native } from './native.js'
import { fromEnvironment, type ClientSettings } from './settings.js'
import { readReport, type Report } from './report.js'

/**
 * Looks at everything between this program and its tenant, and says in words what to change: settings, DNS, proxy, TLS (with
 * the name of a CA that inspects it), clocks, signing in, the claims of the token, and what the credential may call.
 *
 * What is wrong with the settings is told by the report, and is no rejection; without credentials the way to the tenant is
 * looked at all the same. Besides signing in only reads are sent, no redirect is followed, and no report holds a secret.
 *
 * @example
 * ```ts
 * const report = await doctor({ tenantUrl: 'https://abc1234.id.cyberark.cloud', auth })
 * console.log(report.toString())
 * ```
 * @param settings - Settings of a client. What is not given comes from the environment, as for `Client.fromEnv`.
 */
export async function doctor(settings: Partial<ClientSettings> = {}): Promise<Report> {
  let lacking: ConfigurationError | undefined
  let client: Client
  try {
    client = new Client(
      fromEnvironment(settings, (error) => {
        lacking = error
        // Stands for credentials that are missing. It is never sent.
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

/** JSON of what an error says, where its advice does not stand in the message, too. */
function reasonOf({ message, hint }: IdentityError): string {
  const advice = hint === undefined ? '' : ` (${hint})`
  const bare = advice !== '' && message.endsWith(advice) ? message.slice(0, -advice.length) : message
  return JSON.stringify({ message: bare, hint })
}
