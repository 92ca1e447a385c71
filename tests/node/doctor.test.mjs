// The doctor before broken set-ups and a healthy one: see `tests/doctor/README.md`.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { inspect } from 'node:util'

import {
  Client,
  ClientClosedError,
  clientCredentials,
  ConfigurationError,
  doctor,
  staticToken,
} from 'cyberark-identity'

import { packageFolder, run, startTenant } from './support.mjs'

const cases = JSON.parse(readFileSync(new URL('../doctor/cases.json', import.meta.url), 'utf8'))
const command = join(packageFolder, 'dist/bin/identity.js')
const secrets = ['Pr0xy-Pass', 'wr0ng-secret', 'made-up-token', 'eyJ']
const variables = ['app_id', 'client_id', 'client_secret', 'scope', 'token']

for (const name of Object.keys(process.env)) {
  if (name.startsWith('CYBERARK_IDENTITY_')) delete process.env[name]
}

const looks = {
  function: async (settings) => shown(await doctor(known(settings))),
  client: async (settings) => {
    const client = new Client(known(settings))
    try {
      return shown(await client.doctor())
    } finally {
      client.close()
    }
  },
  command: byCommand,
}

for (const example of cases) {
  const {
    name,
    account,
    right,
    settings: differing,
    advance = 0,
    checks,
    exit_status,
    requests = {},
    ...unknown
  } = example
  for (const [way, look] of Object.entries(looks)) {
    test(`${name}, by ${way}`, async (t) => {
      assert.deepEqual(unknown, {}, 'a case has something that no runner knows')
      const tenant = startTenant(t, { tls: true })
      const settings = await arrange(tenant, { account, right, differing, advance })
      if (way === 'client' && !makesAClient(settings)) return t.skip('no client can be made of this')
      tenant.clearRequests()
      const report = await look(settings)
      const found = Object.fromEntries(report.checks.map((check) => [check.name, check]))
      for (const [part, expected] of Object.entries(checks)) compare(part, found[part], expected)
      assert.equal(report.ok, exit_status === 0)
      assert.deepEqual(counted(tenant.requests().map((request) => request.path)), requests)
      const told = JSON.stringify(report)
      for (const secret of [...secrets, tenant.clientSecret]) assert.ok(!told.includes(secret), secret)
    })
  }
}

function compare(name, check, { status, says = [], details = {}, ...unknown }) {
  assert.deepEqual(unknown, {})
  assert.equal(check.status, status, `${name}: ${inspect(check)}`)
  const said = `${check.message} ${check.hint}`
  for (const part of says) {
    assert.ok(said.includes(part) || said.includes(camel(part)), `${name} does not say ${part}: ${said}`)
  }
  for (const [detail, value] of Object.entries(details))
    assert.deepEqual(check.details[detail], value, detail)
  if (status === 'failed') assert.ok(check.hint, `${name} does not say what to do`)
}

/** Settings are named as this package spells them. */
function camel(text) {
  return text.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase())
}

function counted(paths) {
  const counts = {}
  for (const path of paths) counts[path] = (counts[path] ?? 0) + 1
  return counts
}

/** The report as data, after a look at its other forms. */
function shown(report) {
  const told = `${inspect(report)} ${report} ${inspect(report.checks)}`
  for (const secret of secrets) assert.ok(!told.includes(secret), secret)
  for (const check of report.checks) assert.ok(String(report).includes(check.message))
  assert.equal(report.check('configuration'), report.checks[0])
  assert.equal(report.exitStatus, report.ok ? 0 : 1)
  return JSON.parse(JSON.stringify(report))
}

/** Credentials by the environment, the rest by options. */
async function byCommand(settings) {
  const env = { ...process.env }
  const args = [command, 'doctor', '--json']
  for (const [name, value] of Object.entries(settings)) {
    if (value === null || value === undefined) continue
    if (variables.includes(name)) env[`CYBERARK_IDENTITY_${name.toUpperCase()}`] = value
    else args.push(`--${name.replaceAll('_', '-')}`, value)
  }
  const { code, stdout, stderr } = await run(args, { env })
  assert.equal(stderr, '')
  const report = JSON.parse(stdout)
  assert.equal(code, report.ok ? 0 : 1)
  return report
}

/** Settings of a client, of the ones of a case. */
function known({ tenant_url, ca_file, proxy, app_id, client_id, client_secret, scope, token }) {
  const given = Object.entries({ tenantUrl: tenant_url, caFile: ca_file, proxy })
  const settings = Object.fromEntries(given.filter(([, value]) => value !== null && value !== undefined))
  if (token) return { ...settings, auth: staticToken(token) }
  if (!app_id || !client_id || !client_secret) return settings
  const parts = { appId: app_id, clientId: client_id, clientSecret: client_secret }
  return { ...settings, auth: clientCredentials(scope ? { ...parts, scope } : parts) }
}

function makesAClient(settings) {
  try {
    new Client(known(settings)).close()
    return true
  } catch (error) {
    assert.ok(error instanceof ConfigurationError)
    return false
  }
}

async function arrange(tenant, { account, right, differing, advance }) {
  const tokens = { $issued: tenant.tokenFor(tenant.clientId) }
  if (account !== undefined) {
    await welcome(tenant, account, right)
    tokens.$account = tenant.tokenFor(account.Name)
  }
  tenant.advanceClock(advance * 1000)
  const settings = {
    tenant_url: tenant.url,
    ca_file: tenant.caFile,
    app_id: tenant.appId,
    client_id: tenant.clientId,
    client_secret: tenant.clientSecret,
    ...differing,
  }
  return { ...settings, token: tokens[settings.token] ?? settings.token }
}

async function welcome(tenant, account, right) {
  const administrator = new Client(tenant.url, { auth: staticToken(tenant.token), caFile: tenant.caFile })
  const more = { SendEmailInvite: false, Password: 'Made-Up-Pass-1' }
  const made = await administrator.call('users.create', { ...account, ...more })
  if (right !== undefined) {
    const { id } = await administrator.roles.create({ name: 'Helpers' })
    await administrator.roles.addMembers({ id, users: [made] })
    const body = [{ Role: id, Path: right }]
    await administrator.request('POST', '/SaasManage/AssignSuperRights', { body })
  }
  administrator.close()
}

test('the environment says what is not given', async (t) => {
  const tenant = startTenant(t, { tls: true })
  const given = { TENANT_URL: tenant.url, CA_FILE: tenant.caFile, SCOPE: 'scim' }
  t.after(() => {
    for (const name of [...Object.keys(given), 'APP_ID', 'CLIENT_ID', 'CLIENT_SECRET']) {
      delete process.env[`CYBERARK_IDENTITY_${name}`]
    }
  })
  const empty = await doctor()
  assert.equal(empty.tenantUrl, null)
  assert.equal(
    empty.check('configuration').message,
    'the environment variable CYBERARK_IDENTITY_TENANT_URL is not set',
  )
  for (const [name, value] of Object.entries(given)) process.env[`CYBERARK_IDENTITY_${name}`] = value
  const without = await doctor()
  assert.match(without.check('configuration').message, /CYBERARK_IDENTITY_APP_ID is not set$/)
  assert.equal(without.check('tls').status, 'ok')
  process.env.CYBERARK_IDENTITY_APP_ID = tenant.appId
  process.env.CYBERARK_IDENTITY_CLIENT_ID = tenant.clientId
  process.env.CYBERARK_IDENTITY_CLIENT_SECRET = tenant.clientSecret
  const whole = await doctor()
  assert.ok(whole.ok, String(whole))
  assert.equal(whole.check('claims').status, 'ok')
})

test('a closed client has no doctor', async () => {
  const client = new Client('https://abc1234.invalid', { auth: staticToken('made-up-token') })
  client.close()
  await assert.rejects(() => client.doctor(), ClientClosedError)
})

test('what is no way to sign in is told, too', async () => {
  const report = await doctor({ tenantUrl: 'https://abc1234.invalid', auth: {} })
  assert.equal(report.check('configuration').status, 'failed')
  assert.match(report.check('configuration').message, /auth/)
})

for (const args of [[], ['heal'], ['doctor', '--teeth'], ['doctor', '--timeout', '0'], ['doctor', 'me']]) {
  test(`a mistake in the command line is told: ${args.join(' ') || 'nothing'}`, async () => {
    const { code, stdout, stderr } = await run([command, ...args])
    assert.deepEqual([code, stdout], [2, ''])
    assert.match(stderr, /^usage: cyberark-identity doctor/)
  })
}

test('the command prints a table', async () => {
  const { code, stdout } = await run([command, 'doctor', '--tenant-url', 'https://acme.cyberark.cloud'])
  assert.equal(code, 1)
  assert.match(stdout, /^failed {3}configuration/)
})
