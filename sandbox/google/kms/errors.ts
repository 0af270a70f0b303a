import { status } from '@grpc/grpc-js'

/** An error answer, as gRPC carries it. */
export class CallError extends Error {
  readonly code: status
  readonly details: string

  constructor(code: status, details: string) {
    super(details)
    this.code = code
    this.details = details
  }
}

export const invalid = (details: string) => new CallError(status.INVALID_ARGUMENT, details)

export const missing = (name: string) => new CallError(status.NOT_FOUND, `${name} not found.`)

export const exists = (name: string) => new CallError(status.ALREADY_EXISTS, `${name} already exists.`)

export const notEnabled = (name: string, state: string) =>
  new CallError(status.FAILED_PRECONDITION, `${name} is not enabled, current state is: ${state}.`)
