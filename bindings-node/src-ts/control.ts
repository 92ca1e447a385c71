/** Asking a running tenant over its control paths, where the question takes time. */
import { readFileSync } from 'node:fs'
import { get as plain, type IncomingMessage } from 'node:http'
import { get as secure } from 'node:https'

/** The JSON answer to a GET of `path` with these query parameters. */
export async function ask(
  tenant: { readonly url: string; readonly caFile: string | undefined },
  path: string,
  query: Readonly<Record<string, string | number | undefined>>,
): Promise<unknown> {
  const url = new URL(path, tenant.url)
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value))
  }
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const request =
      tenant.caFile === undefined
        ? plain(url, { agent: false }, resolve)
        : secure(url, { agent: false, ca: readFileSync(tenant.caFile) }, resolve)
    request.on('error', reject)
  })
  let body = ''
  for await (const part of answer.setEncoding('utf8')) body += part
  if (answer.statusCode !== 200) throw new Error(`${url.pathname}${url.search}: ${body.trim()}`)
  return JSON.parse(body)
}
