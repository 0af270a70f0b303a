import { status } from '@grpc/grpc-js'
import { CallError } from '../grpc-service.ts'

export const invalid = (details: string) => new CallError(status.INVALID_ARGUMENT, details)

export const missing = (name: string) => new CallError(status.NOT_FOUND, `${name} not found.`)

export const exists = (name: string) => new CallError(status.ALREADY_EXISTS, `${name} already exists.`)

export const notEnabled = (name: string, state: string) =>
  new CallError(status.FAILED_PRECONDITION, `${name} is not enabled, current state is: ${state}.`)
