/**
 * CyberArk Identity for Node.js: SCIM 2.0 and the platform's own calls, typed.
 *
 * @packageDocumentation
 */
export { Client } from './client.js'
export {
  authorizationCode,
  clientCredentials,
  Credentials,
  platformToken,
  staticToken,
  tokenFunction,
  userLogin,
  type AuthorizationCodeOptions,
  type ClientCredentialsOptions,
  type PlatformTokenOptions,
  type UserLoginOptions,
} from './auth.js'
export { terminalPrompt, type Answer, type Choice, type Prompt, type Question } from './prompt.js'
export { TokenCache } from './token-cache.js'
export type { CallOptions } from './caller.js'
export { DriftReport, type Drift } from './drift.js'
export type { Limits } from './limits.js'
export type {
  CallEnd,
  CallEndMessage,
  CallErrorMessage,
  CallEvent,
  CallStart,
  CallStartMessage,
  HookFailure,
  Hooks,
} from './observe.js'
export type { ClientOptions, ClientSettings, ReplayOptions } from './settings.js'
export { operations, OperationList, type OperationInfo } from './catalogue.js'
export { RawResponse } from './raw.js'
export type { Query, QueryValue, RequestContent, RequestOptions } from './request.js'
export type { FileAt, FileBase64, FileContent, FileFacts, FileInput } from './files.js'
export { filter, type AttributeFilter, type Filters } from './filter.js'
export { diff } from './diff.js'
export { doctor } from './doctor.js'
export { Report, type Check } from './report.js'
export { Items, type ListOptions } from './items.js'
export { ListResponse, Rows } from './sequences.js'
export { IdentityError, ServiceError, type Delivery, type ErrorDetails } from './error-base.js'
export * from './generated/errors.js'
export * from './generated/words.js'
export type * from './generated/models.js'
export type * from './generated/arguments.js'
export type * from './generated/client.js'
export type { Operations } from './generated/operations.js'
