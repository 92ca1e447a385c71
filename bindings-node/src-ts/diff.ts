/** The PATCH that turns one resource into another. */
import { invalidArgument } from './failure.js'
import { define, Fields, type Inner } from './fields.js'
import type { Group, PatchOperation, User } from './generated/models.js'
import { groupFields, userFields } from './generated/readers.js'
import { native } from './native.js'
import { encodeJson } from './outgoing.js'
import { isSource, type Source } from './read.js'

/**
 * The operations that turn `before` into `after`, such as a user that was read into a changed copy of it; none if nothing
 * differs.
 *
 * Attributes within an object are changed one by one (`name.familyName`), lists as a whole. What is in `before` and not in
 * `after`, or undefined there, is removed. Attributes that only the service writes are left alone: `id`, `meta`, `schemas`, and
 * the groups of a user.
 *
 * @example
 * ```ts
 * const ana = await client.scim.users.get(id)
 * const operations = diff(ana, { ...ana, displayName: 'Ana R.' })
 * if (operations.length > 0) await client.scim.users.patch({ id, operations })
 * ```
 * @throws {@link InvalidArgumentError} for something that is not a resource.
 */
export function diff(before: User, after: User): PatchOperation[]
/** The same for groups. */
export function diff(before: Group, after: Group): PatchOperation[]
export function diff(before: User | Group, after: User | Group): PatchOperation[] {
  const resources = [checked('before', before), checked('after', after)] as const
  const fields = resources.some(isGroup) ? groupFields : userFields
  const operations = native().diff(
    encodeJson('diff', 'before', toWire(resources[0], fields)),
    encodeJson('diff', 'after', toWire(resources[1], fields)),
  )
  return JSON.parse(operations) as PatchOperation[]
}

function checked(argument: string, resource: User | Group): User | Group {
  if (!isSource(resource)) throw invalidArgument('diff', argument, 'must be an object')
  return resource
}

/** All else that users and groups both have goes by the same names. */
function isGroup(resource: User | Group): boolean {
  return 'members' in resource || (resource.schemas ?? []).some((urn) => urn.endsWith(':Group'))
}

/** A record as the service wrote it: under its names, and with what is in `extra` where it came from. */
function toWire(value: unknown, fields: Inner | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => toWire(item, fields))
  if (!(fields instanceof Fields) || !isSource(value) || value instanceof Date) return value
  const { extra, ...known } = value
  const wire: Source = isSource(extra) ? { ...extra } : {}
  for (const [name, inner] of Object.entries(known)) {
    const [, wireName, holds] = fields.find(name) ?? [name, name]
    if (inner !== undefined) define(wire, wireName, toWire(inner, holds))
  }
  return wire
}
