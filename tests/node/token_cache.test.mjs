// Tokens between processes: one request for all, in a file that nobody else can read.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { inspect, promisify } from 'node:util'

import { Client, clientCredentials, staticToken, TokenCache } from 'cyberark-identity'

import { connect, startTenant } from './support.mjs'

const onUnix = { skip: process.platform === 'win32' && 'POSIX permissions' }

const ASK = `
  import { Client, clientCredentials, TokenCache } from 'cyberark-identity'
  const [url, path, appId, clientId, clientSecret] = process.argv.slice(1)
  const auth = clientCredentials({ appId, clientId, clientSecret })
  const client = new Client(url, { auth, tokenCache: TokenCache.file(path) })
  console.log((await client.security.whoami()).user)
`

function place(t) {
  const folder = mkdtempSync(join(tmpdir(), 'cyberark-identity-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return join(folder, 'of my program', 'tokens.json')
}

/** A client that knows nothing of other clients but what is in the cache. */
function caching(t, tenant, path, auth) {
  const { appId, clientId, clientSecret } = tenant
  return connect(t, tenant, {
    auth: auth ?? clientCredentials({ appId, clientId, clientSecret }),
    tokenCache: TokenCache.file(path),
  })
}

function tokens(tenant) {
  return tenant.requests().filter((request) => request.path.includes('/oauth2/token/')).length
}

test('processes fetch one token for all', async (t) => {
  const tenant = startTenant(t)
  const path = place(t)
  const { url, appId, clientId, clientSecret } = tenant
  const ask = () =>
    promisify(execFile)(process.execPath, [
      '--input-type=module',
      '--eval',
      ASK,
      '--',
      ...[url, path, appId, clientId, clientSecret],
    ])
  const all = async () => {
    const said = await Promise.all(Array.from({ length: 8 }, ask))
    assert.deepEqual(
      said.map(({ stdout }) => stdout),
      Array(8).fill(`${clientId}\n`),
    )
  }
  await all()
  assert.equal(tokens(tenant), 1)
  tenant.expireTokens()
  await all()
  assert.equal(tokens(tenant), 2)
})

test('only the user can read what is kept, and a loose file is refused', onUnix, async (t) => {
  const tenant = startTenant(t)
  const path = place(t)
  await caching(t, tenant, path).security.whoami()
  assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.ok(!readFileSync(path, 'utf8').includes(tenant.clientSecret))
  chmodSync(path, 0o644)
  const sent = tenant.requests().length
  await assert.rejects(caching(t, tenant, path).security.whoami(), {
    name: 'ConfigurationError',
    message: /is open to other users.*chmod 600/,
  })
  assert.equal(tenant.requests().length, sent)
})

test('an ended token is forgotten', async (t) => {
  const tenant = startTenant(t)
  const path = place(t)
  for (const end of [(client) => client.revoke(), (client) => client.security.logout()]) {
    await caching(t, tenant, path).security.whoami()
    await end(caching(t, tenant, path))
    assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')).entries, [])
  }
  assert.equal(tokens(tenant), 2)
})

test('a token that was got elsewhere is not kept', async (t) => {
  const tenant = startTenant(t)
  const path = place(t)
  await caching(t, tenant, path, staticToken(tenant.token)).security.whoami()
  assert.throws(() => statSync(path), { code: 'ENOENT' })
})

test('a cache is shown and checked', () => {
  const cache = TokenCache.file('tokens.json')
  assert.equal(inspect(cache), 'TokenCache.file("tokens.json")')
  assert.equal(JSON.stringify(TokenCache.keyring()), '"TokenCache.keyring()"')
  assert.equal(String(TokenCache.forUser()), 'TokenCache.forUser()')
  assert.throws(() => TokenCache.file(''), { name: 'ConfigurationError', message: /`path`/ })
  const auth = staticToken('made-up-token')
  assert.throws(() => new Client('abc1234', { auth, tokenCache: 'tokens.json' }), {
    name: 'ConfigurationError',
    message: /TokenCache\.file\(path\)/,
  })
})
