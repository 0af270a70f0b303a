import type { components } from './generated/api.ts'

// The answers of the API, with the names of the OpenAPI document.

type Schemas = components['schemas']

export type Session = Schemas['Session']
export type AcceptedMessage = Schemas['AcceptedMessage']
export type Message = Schemas['Message']
export type ReceivedMessage = Schemas['ReceivedMessage']
export type BulkAnswer = Schemas['BulkAnswer']
export type DamagedMessage = Schemas['DamagedMessage']
export type Queue = Schemas['Queue']
export type RetryAll = Schemas['RetryAll']
export type Health = Schemas['Health']
export type Tenant = Schemas['Tenant']
export type Key = Schemas['Key']
export type AuditEntry = Schemas['AuditEntry']
export type Problem = Schemas['Problem']
