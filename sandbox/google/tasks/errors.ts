import { status } from '@grpc/grpc-js'
import { CallError } from '../grpc-service.ts'

export const invalid = (details: string) => new CallError(status.INVALID_ARGUMENT, details)

export const noQueue = () =>
  new CallError(
    status.NOT_FOUND,
    'Queue does not exist. If you just created the queue, wait at least a minute for the queue to initialize.',
  )

export const noTask = () => new CallError(status.NOT_FOUND, 'Requested entity was not found.')

export const exists = (details: string) => new CallError(status.ALREADY_EXISTS, details)

/** Refuses a feature of the real service that this stand-in lacks, instead of ignoring it. */
export const notImplemented = (what: string) =>
  new CallError(status.UNIMPLEMENTED, `The sandbox's Cloud Tasks does not implement ${what}.`)
