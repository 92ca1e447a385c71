// Settings that cannot work: found when the client is made, named, and without a request.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { Client, ConfigurationError, clientCredentials, staticToken } from 'cyberark-identity'

import { connect, startTenant } from './support.mjs'

const TENANT = 'https://abc1234.id.cyberark.cloud'
const auth = staticToken('made-up-token')

test('addresses that are no tenant are refused with the way out', () => {
  const addresses = [
    ['http://abc1234.id.cyberark.cloud', /plain http.*allowPlainHttp/],
    ['http://10.1.2.3', /plain http/],
    ['https://acme.cyberark.cloud', /portal.*\.id\.cyberark\.cloud/],
    ['https://acme.privilegecloud.cyberark.cloud', /privilegecloud/],
    ['https://abc1234.id.cyberark.cloud/login', /page/],
    ['https://vault.example.com/PasswordVault/v10', /vault/],
    ['acme', /not the id of a tenant.*`domain`/],
    ['https://user:pass@abc1234.id.cyberark.cloud', /`auth`/],
    ['ftp://abc1234.id.cyberark.cloud', /scheme/],
    ['', /empty/],
  ]
  for (const [address, message] of addresses) {
    assert.throws(() => new Client(address, { auth }), refusal(message), address)
  }
  assert.throws(() => new Client(undefined, { auth }), refusal(/tenant URL is missing/))
})

test('short names of tenants are completed', () => {
  assert.equal(new Client('abc1234', { auth }).tenantUrl, 'https://abc1234.id.cyberark.cloud')
  const older = new Client('acme', { auth, domain: 'my.idaptive.app' })
  assert.equal(older.tenantUrl, 'https://acme.my.idaptive.app')
})

test('plain http is allowed to loopback and to hosts that are named', () => {
  for (const [address, options] of [
    ['http://127.0.0.1:1', {}],
    ['http://localhost:1', {}],
    ['http://gateway.test', { allowPlainHttp: ['gateway.test'] }],
  ]) {
    const client = new Client(address, { auth, ...options })
    assert.equal(client.tenantUrl, address)
    client.close()
  }
})

test('credentials that are missing are named', () => {
  assert.throws(() => new Client(TENANT), refusal(/no credentials.*`auth`/))
  assert.throws(
    () => new Client(TENANT, { auth: { token: 'x' } }),
    refusal(/clientCredentials\(\) or staticToken\(\)/),
  )
  const whole = { appId: 'app', clientId: 'svc@acme.example', clientSecret: 's3cr3t' }
  for (const name of Object.keys(whole)) {
    for (const value of [undefined, '', ' ', 7]) {
      assert.throws(() => clientCredentials({ ...whole, [name]: value }), refusal(new RegExp(`\`${name}\``)))
    }
  }
  assert.throws(() => staticToken(''), refusal(/`token`/))
  assert.throws(() => new Client(TENANT, { auth: staticToken('two words') }), refusal(/token/))
})

test('settings of the wrong type, out of range or unknown are named', () => {
  const settings = [
    [{ timeoutMs: 0 }, /`timeoutMs`/],
    [{ timeoutMs: '5' }, /`timeoutMs`/],
    [{ timeoutMs: Infinity }, /`timeoutMs`/],
    [{ connectTimeoutMs: -5 }, /`connectTimeoutMs`/],
    [{ maxRetries: 1.5 }, /`maxRetries`/],
    [{ maxRetries: -1 }, /`maxRetries`/],
    [{ maxRetryAfterMs: -1 }, /`maxRetryAfterMs`/],
    [{ allowPlainHttp: 'host' }, /`allowPlainHttp`/],
    [{ headers: { x: 1 } }, /`headers\.x`/],
    [{ timeout: 5 }, /`timeout`/],
    [{ caFile: '/no/such/file.pem' }, /\/no\/such\/file\.pem/],
  ]
  for (const [setting, message] of settings) {
    assert.throws(() => new Client(TENANT, { auth, ...setting }), refusal(message), JSON.stringify(setting))
  }
})

test('settings that are left undefined are as good as left out', () => {
  const nothing = { caFile: undefined, timeoutMs: undefined, headers: undefined, allowPlainHttp: undefined }
  new Client({ tenantUrl: TENANT, auth, ...nothing }).close()
})

test('the environment tells what is not given, and what is given wins', async (t) => {
  const tenant = startTenant(t)
  const variables = {
    CYBERARK_IDENTITY_TENANT_URL: tenant.url,
    CYBERARK_IDENTITY_APP_ID: tenant.appId,
    CYBERARK_IDENTITY_CLIENT_ID: tenant.clientId,
    CYBERARK_IDENTITY_CLIENT_SECRET: tenant.clientSecret,
  }
  setEnvironment(t, variables)
  const client = Client.fromEnv()
  t.after(() => client.close())
  assert.ok((await client.users.list()).length > 0)

  for (const name of Object.keys(variables)) {
    setEnvironment(t, { ...variables, [name]: undefined })
    assert.throws(() => Client.fromEnv(), refusal(new RegExp(name)))
  }

  setEnvironment(t, { CYBERARK_IDENTITY_TENANT_URL: TENANT, CYBERARK_IDENTITY_TOKEN: 'from-the-environment' })
  const given = Client.fromEnv({ tenantUrl: tenant.url, auth: tenant.credentials })
  t.after(() => given.close())
  assert.equal(given.tenantUrl, tenant.url)
  assert.ok((await given.users.list()).length > 0)
})

test('a private CA is trusted when it is named, for the sign-in too, and not otherwise', async (t) => {
  const tenant = startTenant(t, { tls: true, seedUsers: 1 })
  assert.match(tenant.url, /^https:/)
  const stranger = connect(t, tenant, { maxRetries: 0 })
  await assert.rejects(stranger.users.list(), (error) => error.name === 'ConnectionFailedError')
  assert.deepEqual(tenant.requests(), [])
  const client = connect(t, tenant, { caFile: tenant.caFile })
  assert.ok((await client.users.list()).length > 0)
})

test('a file that holds no certificates is refused', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'identity-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const caFile = join(folder, 'empty.pem')
  writeFileSync(caFile, 'no certificate\n')
  assert.throws(() => new Client(TENANT, { auth, caFile }), refusal(/empty\.pem/))
})

function refusal(message) {
  return (error) => {
    assert.ok(error instanceof ConfigurationError, error.stack)
    assert.match(error.message, message)
    assert.deepEqual([error.delivery, error.attempts], ['not_sent', 0])
    return true
  }
}

/** These variables of ours, and no others, until the end of the test. */
function setEnvironment(t, variables) {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('CYBERARK_IDENTITY_')) delete process.env[name]
  }
  for (const [name, value] of Object.entries(variables)) if (value !== undefined) process.env[name] = value
  t.after(() => Object.keys(variables).forEach((name) => delete process.env[name]))
}
