/** undici's pool: the fastest peer. */
import { Pool } from 'undici'

import { TENANT, checked, clientOf, tokenForm, tokenHeaders, tokenUrl } from './shared.mjs'

const { origin, pathname } = new URL(TENANT.scim_url)
const pool = new Pool(origin, { connections: 64 })
const signedIn = await pool.request({
  method: 'POST',
  path: new URL(tokenUrl).pathname,
  headers: tokenHeaders,
  body: tokenForm,
})
const { access_token: token } = await signedIn.body.json()
const headers = { authorization: `Bearer ${token}` }

async function read(path) {
  const { statusCode, body } = await pool.request({ method: 'GET', path: `${pathname}/${path}`, headers })
  return checked(statusCode, JSON.parse(await body.text()))
}

export const { someIds, get, everybody } = clientOf(read)

export function close() {
  pool.close()
}
