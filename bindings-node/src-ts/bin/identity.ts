#!/usr/bin/env node
/** The command `cyberark-identity`. */
import { parseArgs } from 'node:util'
import { doctor } from '../doctor.js'
import type { ClientSettings } from '../settings.js'

const USAGE = `usage: cyberark-identity doctor [options]

Checks everything between this machine and the tenant, and says what to change.

  --tenant-url URL   URL of the tenant, its host name, or its id, such as abc1234
  --domain NAME      domain that completes an id, such as my.idaptive.app
  --ca-file FILE     certificates (PEM) to trust in addition to the operating system's
  --proxy URL        proxy for everything; by default the environment's; an empty string means none
  --no-proxy HOST    host to reach without it; may be given several times
  --timeout SECONDS  for each request; 60 by default
  --json             prints the report as JSON

Whatever is not given here comes from the environment: CYBERARK_IDENTITY_TENANT_URL, _APP_ID, _CLIENT_ID, _CLIENT_SECRET
and _SCOPE, or _TOKEN, and _CA_FILE. Secrets are only read from there, because anybody on a machine can read command lines.

exit status: 0 if nothing failed, 1 if something did, 2 for a mistake in the command line.
`

const OPTIONS = {
  'tenant-url': { type: 'string' },
  domain: { type: 'string' },
  'ca-file': { type: 'string' },
  proxy: { type: 'string' },
  'no-proxy': { type: 'string', multiple: true },
  timeout: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

function parse() {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true })
  if (values.help) return undefined
  if (positionals.length !== 1 || positionals[0] !== 'doctor')
    throw new Error('the command is missing: doctor')
  const seconds = values.timeout === undefined ? undefined : Number(values.timeout)
  if (seconds !== undefined && !(seconds > 0 && seconds < Infinity)) {
    throw new Error('--timeout: must be a number of seconds above 0')
  }
  const address = values['tenant-url']
  const settings: Partial<ClientSettings> = {
    ...(address === undefined ? {} : { tenantUrl: address }),
    domain: values.domain,
    caFile: values['ca-file'],
    proxy: values.proxy,
    noProxy: values['no-proxy'],
    timeoutMs: seconds === undefined ? undefined : seconds * 1000,
  }
  return { settings, json: values.json }
}

async function main(): Promise<number> {
  let given: ReturnType<typeof parse>
  try {
    given = parse()
  } catch (error) {
    process.stderr.write(`${USAGE}\n${error instanceof Error ? error.message : String(error)}\n`)
    return 2
  }
  if (given === undefined) {
    process.stdout.write(USAGE)
    return 0
  }
  const report = await doctor(given.settings)
  process.stdout.write(`${given.json ? JSON.stringify(report, null, 2) : report.toString()}\n`)
  return report.exitStatus
}

void main().then((status) => {
  process.exitCode = status
})
