// The steps that all languages play (tests/scenarios), by the typed methods.

import assert from 'node:assert/strict'
import { appendFileSync, copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { Client } from 'cyberark-identity'
import { connect, startTenant } from './support.mjs'

const FOLDER = new URL('../scenarios/', import.meta.url)
const notes = []

const TAPES = new URL('../tapes/', import.meta.url)

for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.json'))) {
  const { name, steps } = readSteps(file)
  test(`${file}: ${name}`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'tape-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const record = join(folder, 'session.tape')
    const tenant = startTenant(t, { seedUsers: 50 })
    const recorder = connect(t, tenant, { record, watchDrift: true })
    await playAll(t, tenant, recorder, steps)
    // Some faults change answers, which is what it is for.
    if (!file.startsWith('faults')) assert.deepEqual(recorder.drift().drifts, [])

    const requests = tenant.requests().length
    await t.test('again from a tape', async (t) => {
      const client = Client.replay(record, { auth: tenant.credentials })
      t.after(() => client.close())
      await playAll(t, undefined, client, steps)
    })
    assert.equal(tenant.requests().length, requests, 'nothing is sent')
    const kept = process.env.RECORD_TAPES
    if (kept) copyFileSync(record, join(kept, `node.${file.replace('.json', '.tape')}`))
  })
}

for (const tape of readdirSync(TAPES).filter((name) => name.endsWith('.tape'))) {
  const { steps } = readSteps(`${tape.split('.')[1]}.json`)
  test(`${tape} is played`, async (t) => {
    const client = Client.replay(new URL(tape, TAPES).pathname)
    t.after(() => client.close())
    await playAll(t, undefined, client, steps)
  })
}

function readSteps(file) {
  return JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'))
}

/** Without a tenant, what is said about it does not count. */
async function playAll(t, tenant, client, steps) {
  const saved = new Map()
  for (const [index, step] of steps.entries()) {
    await t.test(`${index + 1}. ${step.call}`, () => play(tenant, client, step, saved))
  }
}

test('the operations that ran are noted', { skip: !process.env.SCENARIO_COVERAGE }, () => {
  appendFileSync(process.env.SCENARIO_COVERAGE, notes.map((name) => `node ${name}\n`).join(''))
})

async function play(tenant, client, step, saved) {
  const before = setTheStage(tenant, step)
  const options = step.timeout === undefined ? {} : { timeoutMs: step.timeout * 1000 }
  const result = call(client, step.call, camelNames(fill(step.args ?? {}, saved)), options)
  if (step.error) {
    const error = await result.then(
      () => assert.fail('it succeeded'),
      (reason) => reason,
    )
    checkRequests(tenant, step, before)
    const { class: errorClass, ...attributes } = step.error
    assert.equal(error.name, errorClass, error.stack)
    for (const [name, value] of Object.entries(attributes)) assert.equal(error[camel(name)], value, name)
    return
  }
  const value = await result
  checkRequests(tenant, step, before)
  notes.push(step.call)
  for (const [path, expected] of Object.entries(step.expect ?? {})) {
    assert.deepEqual(at(value, path) ?? null, fill(expected, saved), path)
  }
  if (step.length !== undefined) assert.equal(value.length, step.length)
  for (const wanted of step.contains ?? []) {
    const members = Object.entries(fill(wanted, saved))
    assert.ok(
      value.some((item) => members.every(([path, expected]) => at(item, path) === expected)),
      `nothing matches ${JSON.stringify(wanted)}`,
    )
  }
  for (const [name, path] of Object.entries(step.save ?? {})) saved.set(name, at(value, path))
}

/** Gives the number of the last request before the step. */
function setTheStage(tenant, step) {
  if (!tenant) return 0
  tenant.advanceClock((step.advance ?? 0) * 1000)
  if (step.faults) tenant.addFaults(step.faults)
  return tenant.requests().at(-1)?.id ?? 0
}

function checkRequests(tenant, step, before) {
  if (!tenant) return
  tenant.clearFaults()
  const paths = tenant
    .requests()
    .filter(({ id }) => id > before)
    .map(({ path }) => path)
  for (const [part, expected] of Object.entries(step.requests ?? {})) {
    const seen = paths.filter((path) => path.includes(part))
    assert.equal(seen.length, expected, `requests to ${part}: ${seen}`)
  }
}

/** `scim.users.get` is `client.scim.users.get`. The method's first parameter tells how it takes its arguments. */
function call(client, operation, args, options) {
  const path = operation.split('.')
  const method = camel(path.pop())
  const group = path.reduce((within, name) => within[name], client)
  const [, first] = /^\w+\((\w+)/.exec(group[method].toString())
  switch (first) {
    case 'options':
      return group[method](options)
    case 'args':
      return group[method](args, options)
    default:
      return group[method](args[first], options)
  }
}

function fill(value, saved) {
  if (typeof value === 'string') {
    if (value.startsWith('$') && saved.has(value.slice(1))) return saved.get(value.slice(1))
    return value.replace(/\$\{(\w+)\}/g, (whole, name) => saved.get(name) ?? whole)
  }
  return mapped(
    value,
    (inner) => fill(inner, saved),
    (name) => name,
  )
}

/** Names as TypeScript spells them. Values that are free JSON keep theirs: they have no underscores in these files. */
function camelNames(value) {
  return mapped(value, camelNames, camel)
}

function mapped(value, change, rename) {
  if (Array.isArray(value)) return value.map(change)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [rename(name), change(inner)]))
}

function at(value, path) {
  if (path === '') return value
  return path.split('.').reduce((within, name) => within?.[camel(name)], value)
}

function camel(name) {
  return name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase())
}
