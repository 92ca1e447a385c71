// The PATCH that makes one resource into another.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { InvalidArgumentError, diff } from 'cyberark-identity'

import { connect, scripted, startTenant } from './support.mjs'

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

test('a user that was read, changed and patched is as it was changed', async (t) => {
  const client = connect(t, startTenant(t))
  await client.organizations.create({ name: 'Sales' })
  const { users } = client.scim
  const { id } = await users.create({
    userName: 'ana@acme.example',
    displayName: 'Ana',
    name: { givenName: 'Ana', familyName: 'Ruiz' },
    emails: [{ value: 'ana@mail.example', type: 'work', primary: true }],
    phoneNumbers: [{ value: '+34 600 000 001', type: 'mobile' }],
  })
  const before = await users.get(id)
  assert.deepEqual(diff(before, structuredClone(before)), [])

  const after = {
    ...before,
    name: { ...before.name, familyName: 'Ray' },
    emails: [{ ...before.emails[0], value: 'ray@mail.example' }],
    phoneNumbers: undefined,
    enterprise: { organization: 'Sales' },
  }
  const operations = diff(before, after)
  assert.deepEqual(
    operations.map(({ op, path }) => [op, path]).sort(),
    [
      ['replace', 'name.familyName'],
      ['replace', 'emails'],
      ['remove', 'phoneNumbers'],
      ['replace', `${ENTERPRISE}:organization`],
    ].sort(),
  )
  await users.patch({ id, operations })
  const read = await users.get(id)
  assert.equal(read.name.familyName, 'Ray')
  assert.deepEqual(
    read.emails.map((email) => email.value),
    ['ray@mail.example'],
  )
  assert.equal(read.phoneNumbers, undefined)
  assert.equal(read.enterprise.organization, 'Sales')
})

test('what was not understood or not known counts as well, under the names of the wire', async (t) => {
  const sent = {
    id: '1',
    userName: 'ana@acme.example',
    active: 'perhaps',
    emails: [{ value: 'a@b', 'x-note': 'old' }],
    [ENTERPRISE]: { manager: { value: '7', displayName: 'Bob' } },
    'urn:acme:badge': { color: 'red', size: 1 },
  }
  const client = await scripted(t, () => ({ body: JSON.stringify(sent) }))
  const before = await client.scim.users.get('1')
  const after = structuredClone(before)
  after.extra['urn:acme:badge'].color = 'blue'
  after.emails[0].extra['x-note'] = 'new'
  after.enterprise.manager.value = '8'
  after.active = true
  assert.deepEqual(
    diff(before, after).sort((a, b) => (a.path < b.path ? -1 : 1)),
    [
      { op: 'replace', path: 'active', value: true },
      { op: 'replace', path: 'emails', value: [{ 'x-note': 'new', value: 'a@b' }] },
      { op: 'replace', path: 'urn:acme:badge:color', value: 'blue' },
      { op: 'replace', path: `${ENTERPRISE}:manager.value`, value: '8' },
    ],
  )
})

test('groups have names of their own on the wire', async (t) => {
  const client = connect(t, startTenant(t, { seedUsers: 1 }))
  const [{ uuid }] = await client.users.list()
  const { groups } = client.scim
  const before = await groups.create({ displayName: 'Night shift' })
  const members = [{ value: uuid, reference: 'https://acme.example/x' }]
  const operations = diff(before, { ...before, displayName: 'Day shift', members })
  assert.deepEqual(
    operations.find((operation) => operation.path === 'members'),
    { op: 'replace', path: 'members', value: [{ value: uuid, $ref: 'https://acme.example/x' }] },
  )
  await groups.patch({ id: before.id, operations })
  const after = await groups.get(before.id)
  assert.deepEqual([after.displayName, after.members[0].value], ['Day shift', uuid])
})

test('what is no resource, or cannot be sent, is refused', () => {
  for (const [before, after, field] of [
    [undefined, {}, 'before'],
    [{}, null, 'after'],
    [{}, 'ana', 'after'],
    [{}, { displayName: () => 'x' }, 'after'],
    [{}, { custom: { x: NaN } }, 'after'],
  ]) {
    assert.throws(
      () => diff(before, after),
      (error) => {
        assert.ok(error instanceof InvalidArgumentError, error.stack)
        assert.deepEqual([error.operation, error.field], ['diff', field])
        return true
      },
    )
  }
})
