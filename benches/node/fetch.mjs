/** The global fetch. */
import { TENANT, checked, clientOf, tokenForm, tokenHeaders, tokenUrl } from './shared.mjs'

const signedIn = await fetch(tokenUrl, { method: 'POST', headers: tokenHeaders, body: tokenForm })
const { access_token: token } = await signedIn.json()
const headers = { authorization: `Bearer ${token}` }

async function read(path) {
  const answer = await fetch(`${TENANT.scim_url}/${path}`, { headers })
  return checked(answer.status, await answer.json())
}

export const { someIds, get, everybody } = clientOf(read)
