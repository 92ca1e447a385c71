// Mistakes of the caller: the right class, the argument named as TypeScript spells it, and no request sent.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { InvalidArgumentError } from 'cyberark-identity'

import { connect, startTenant } from './support.mjs'

const user = (more) => ({ userName: 'new@acme.example', ...more })
const cyclic = {}
cyclic.self = cyclic

// Each: what is called, the field at fault, and a part of the message.
const MISTAKES = [
  // ids
  [(c) => c.users.get(''), 'id', /empty/],
  [(c) => c.users.get('   '), 'id', /blank/],
  [(c) => c.scim.users.get('a/b'), 'id', /without `\/`/],
  [(c) => c.scim.users.get('..'), 'id', /relative path/],
  [(c) => c.scim.users.get('../Groups'), 'id', /without `\/`/],
  [(c) => c.scim.users.delete('a\\b'), 'id', /without/],
  [(c) => c.scim.users.get('a\0b'), 'id', /control/],
  [(c) => c.scim.users.get(), 'id', /missing/],
  [(c) => c.scim.users.get(null), 'id', /null/],
  [(c) => c.scim.users.get(42), 'id', /42/],
  [(c) => c.users.getByName(''), 'userName', /empty/],
  // wrong types, at any depth
  [(c) => c.scim.users.create(user({ active: 'yes' })), 'active', /"yes".*true or false/],
  [(c) => c.scim.users.create(user({ displayName: null })), 'displayName', /null/],
  [(c) => c.scim.users.create(user({ emails: { value: 'x' } })), 'emails', /a list/],
  [(c) => c.scim.users.create(user({ emails: [{ value: 7 }] })), 'emails[0].value', /7.*text/],
  [
    (c) => c.scim.users.create(user({ emails: [{}, { primary: 'no' }] })),
    'emails[1].primary',
    /true or false/,
  ],
  [(c) => c.scim.users.create(user({ enterprise: { manager: 'x' } })), 'enterprise.manager', /object/],
  [(c) => c.scim.users.query({ startIndex: 1.5 }), 'startIndex', /whole number/],
  [(c) => c.scim.users.query({ count: '10' }), 'count', /whole number/],
  [(c) => c.scim.users.query({ count: NaN }), 'count', /NaN/],
  [(c) => c.scim.users.query({ count: 10n ** 20n }), 'count', /too large/],
  [(c) => c.scim.users.create(user({ displayName: () => 'x' })), 'displayName', /function/],
  [(c) => c.scim.users.create(user({ name: { givenName: Symbol('x') } })), 'name.givenName', /symbol/],
  [(c) => c.scim.users.create(user({ displayName: new Date(NaN) })), 'displayName', /invalid date/],
  [(c) => c.scim.users.create(user({ displayName: Infinity })), 'displayName', /Infinity/],
  [(c) => c.scim.users.create('new@acme.example'), undefined, /object/],
  [(c) => c.scim.users.create(user({ custom: cyclic })), '', /circular/],
  // unknown names
  [(c) => c.scim.users.create({ usrName: 'x' }), 'usrName', /unknown field/],
  [(c) => c.scim.users.create(user({ emails: [{ vale: 'x' }] })), 'emails[0].vale', /unknown field/],
  [(c) => c.call('users.list', { all: true }), 'all', /unknown field/],
  [(c) => c.call('users.lst'), 'operation', /there is no operation `users\.lst`/],
  [(c) => c.call(), 'operation', /there is no operation/],
  // values with a rule
  [(c) => c.access.setState({ id: 'x', state: 'Asleep' }), 'state', /Locked/],
  [(c) => c.scim.users.patch({ id: 'x', operations: [] }), 'operations', /at least one/],
  [(c) => c.scim.users.patch({ id: 'x' }), 'operations', /missing/],
  [
    (c) => c.scim.users.patch({ id: 'x', operations: [{ op: 'move', path: 'a' }] }),
    'operations[0].op',
    /move/,
  ],
  [(c) => c.scim.users.patch({ id: 'x', operations: [{ op: 'remove' }] }), 'operations[0]', /`path`/],
  [(c) => c.organizations.create({ name: 'a\nb' }), 'name', /control/],
  // options of the call
  [(c) => c.users.list({ timeout: 3 }), 'timeout', /timeoutMs/],
  [(c) => c.users.list({ timeoutMs: 0 }), 'timeoutMs', /positive/],
  [(c) => c.users.list({ timeoutMs: -1 }), 'timeoutMs', /positive/],
  [(c) => c.users.list({ timeoutMs: Infinity }), 'timeoutMs', /Infinity/],
  [(c) => c.users.list({ signal: {} }), 'signal', /AbortSignal/],
  [
    (c) => c.users.list({ extraHeaders: { Authorization: 'x' } }),
    'extraHeaders.Authorization',
    /set by the client/,
  ],
  [(c) => c.users.list({ extraHeaders: { 'a b': 'x' } }), 'extraHeaders.a b', /name of a header/],
  [(c) => c.users.list({ extraHeaders: { 'x-y': 'a\r\nb: c' } }), 'extraHeaders.x-y', /characters/],
]

test('mistakes are refused, named and not sent', async (t) => {
  const tenant = startTenant(t)
  const client = connect(t, tenant)
  for (const [index, [call, field, message]] of MISTAKES.entries()) {
    const error = await call(client).then(
      () => assert.fail(`mistake ${index} was accepted: ${call}`),
      (reason) => reason,
    )
    assert.ok(error instanceof InvalidArgumentError, `${call}: ${error.stack}`)
    assert.match(error.message, message, String(call))
    if (field !== undefined) assert.equal(error.field, field, String(call))
    assert.deepEqual([error.delivery, error.attempts], ['not_sent', 0])
  }
  assert.deepEqual(tenant.requests(), [])
})
