// A tenant that nobody holds on to is still there for the client that knows its address.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { run } from './support.mjs'

const SCRIPT = `
  const { Client } = require('cyberark-identity')
  const { Emulator } = require('cyberark-identity/emulator')
  function connect() {
    const tenant = Emulator.start({ seedUsers: 1 })
    return new Client(tenant.url, { auth: tenant.credentials })
  }
  const client = connect()
  setImmediate(() => {
    gc()
    setImmediate(() => client.users.list().then((rows) => console.log(rows.length)))
  })
`

test('a tenant is not collected before it is stopped', async () => {
  const ended = await run(['--expose-gc', '--eval', SCRIPT])
  assert.deepEqual(ended, { code: 0, signal: null, stdout: '3\n', stderr: '' })
})
