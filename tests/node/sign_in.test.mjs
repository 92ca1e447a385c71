// Every way to sign in (tests/sign_in), played against a tenant over TLS.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { get as plain } from 'node:http'
import { get as secure } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import * as sdk from 'cyberark-identity'

import { connect, startTenant } from './support.mjs'

const FOLDER = new URL('../sign_in/', import.meta.url)
const KNOWN = ['name', 'account', 'state', 'policy', 'auth', 'person', 'steps']
const KNOWN_IN_STEPS = ['advance', 'expire', 'call', 'signed_in_as', 'error', 'requests']

for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.json'))) {
  for (const each of JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'))) {
    test(`${file}: ${each.name}`, (t) => play(t, each))
  }
}

async function play(t, given) {
  knownOnly(given, KNOWN)
  const tenant = startTenant(t, { tls: true })
  const person = await meet(t, tenant, given)
  const folder = mkdtempSync(join(tmpdir(), 'tape-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const record = join(folder, 'session.tape')
  const client = connect(t, tenant, {
    auth: source(tenant, given.auth, person.answer),
    caFile: tenant.caFile,
    maxRetries: 0,
    record,
  })
  for (const step of given.steps) await take(tenant, client, step)
  assert.equal(person.deeds.length, 0, 'the person was not asked everything')
  const secrets = [tenant.clientSecret, tenant.token, given.auth.password, ...person.typed]
  const tape = readFileSync(record, 'utf8')
  const sent = given.steps.flatMap(({ requests = {} }) => Object.values(requests))
  assert.ok(tape.trim().split('\n').length > sent.reduce((sum, count) => sum + count, 0))
  noSecretIsOn(tape, secrets)
}

function noSecretIsOn(tape, secrets) {
  for (const secret of secrets.filter(Boolean)) {
    // A short one may stand within something else, such as a time.
    const whole = secret.length < 8 ? JSON.stringify(secret) : secret
    assert.ok(!tape.includes(whole), `${secret} is on ${tape}`)
  }
  // Tokens are replaced by invented ones, whose signature is none.
  assert.doesNotMatch(tape, /eyJ[\w-]+\.[\w-]+\.(?!replayed)/)
}

async function take(tenant, client, step) {
  knownOnly(step, KNOWN_IN_STEPS)
  tenant.advanceClock((step.advance ?? 0) * 1000)
  if (step.expire) tenant.expireTokens()
  const before = tenant.requests().at(-1)?.id ?? 0
  const call = step.call === 'revoke' ? client.revoke() : client.security[step.call ?? 'whoami']()
  if (step.error) {
    const error = await call.then(
      () => assert.fail('it succeeded'),
      (reason) => reason,
    )
    const { class: errorClass, ...attributes } = step.error
    assert.equal(error.name, errorClass, error.stack)
    for (const [name, value] of Object.entries(attributes)) assert.equal(error[name], value, name)
  } else {
    assert.equal((await call)?.user, step.signed_in_as)
  }
  const paths = tenant
    .requests()
    .filter(({ id }) => id > before)
    .map(({ path }) => path)
  for (const [part, count] of Object.entries(step.requests ?? {})) {
    assert.equal(paths.filter((path) => path.includes(part)).length, count, `${part} in ${paths}`)
  }
}

/** The person who signs in, known to the tenant. */
async function meet(t, tenant, { account, state, policy, person = [] }) {
  const name = account?.name ?? ''
  const administrator = connect(t, tenant, { caFile: tenant.caFile })
  if (account) {
    const { mobile_number: mobileNumber, send_email_invite: sendEmailInvite, ...others } = account
    const id = await administrator.users.create({
      ...others,
      mobileNumber,
      sendEmailInvite,
    })
    if (state) await administrator.access.setState({ id, state })
  }
  if (policy) {
    const { pod, ...others } = policy
    const given = Object.fromEntries(Object.entries(others).map(([name, value]) => [camel(name), value]))
    if (pod) given.podFqdn = `localhost:${new URL(tenant.url).port}`
    tenant.setSignIn({ user: name, ...given })
  }
  const deeds = [...person]
  const typed = []
  const answer = async (question) => {
    const deed = deeds.shift()
    const answered = await act(tenant, name, deed, question)
    if (deed.does === 'type') typed.push(answered)
    return answered
  }
  return { deeds, typed, answer }
}

/** What the person does. */
async function act(tenant, name, { asked, does, text }, question) {
  for (const [member, wanted] of Object.entries(asked)) assert.equal(question[member], wanted, member)
  switch (does) {
    case 'nothing':
      return
    case 'type':
      return text === '$code' ? codeOf(tenant, question.mechanism) : text
    case 'choose':
      return question.choices.find(({ mechanism }) => mechanism === text).id
    case 'approve':
    case 'deny':
      assert.ok(tenant.decideSignIn(name, does === 'approve'))
      return
    case 'browse':
    case 'browse_late':
      return browse(tenant, name, question.url, does === 'browse_late')
    default:
      assert.fail(`nobody can do ${does}`)
  }
}

function codeOf(tenant, mechanism) {
  return tenant
    .signIns()
    .at(-1)
    .mechanisms.find(({ name }) => name === mechanism).code
}

/** Opens the address in a browser in which the person is signed in. */
async function browse(tenant, name, url, late) {
  const headers = { authorization: `Bearer ${tenant.tokenFor(name)}` }
  const request = secure(url, {
    headers,
    ca: readFileSync(tenant.caFile),
    agent: false,
  })
  const [page] = await once(request, 'response')
  page.resume()
  if (late) tenant.advanceClock(600_000)
  // Not waited for: the program listens only after its question was answered.
  plain(page.headers.location, { agent: false }, (answer) => answer.resume())
}

function source(tenant, { kind, tokens, prompt, ...others }, answer) {
  const args = Object.fromEntries(
    Object.entries(others).map(([name, value]) => [camel(name), fill(tenant, value)]),
  )
  switch (kind) {
    case 'client_credentials':
      return sdk.clientCredentials(args)
    case 'platform_token':
      return sdk.platformToken(args)
    case 'static_token':
      return sdk.staticToken(args.token)
    case 'function': {
      const left = [...tokens]
      return sdk.tokenFunction(() => fill(tenant, left.length === 1 ? left[0] : left.shift()))
    }
    case 'authorization_code':
      return sdk.authorizationCode({ ...args, prompt: answer })
    case 'user_login':
      return sdk.userLogin({ ...args, prompt: prompt ? answer : null })
    default:
      assert.fail(`there is no source of the kind ${kind}`)
  }
}

function fill(tenant, value) {
  switch (value) {
    case '$app_id':
      return tenant.appId
    case '$client_id':
      return tenant.clientId
    case '$client_secret':
      return tenant.clientSecret
    case '$token':
      return tenant.token
    case '$issued':
      return tenant.tokenFor(tenant.clientId)
    default:
      return value
  }
}

function knownOnly(value, names) {
  for (const name of Object.keys(value)) assert.ok(names.includes(name), `no runner knows ${name}`)
}

function camel(name) {
  return name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase())
}
