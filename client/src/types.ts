import type { components } from './generated/api.ts'

// What the API answers, by the names of the description.

type Schemas = components['schemas']

export type Session = Schemas['Session']
export type AcceptedMessage = Schemas['AcceptedMessage']
export type Message = Schemas['Message']
export type ReceivedMessage = Schemas['ReceivedMessage']
export type Health = Schemas['Health']
export type Problem = Schemas['Problem']
