import { status } from '@grpc/grpc-js'

/** An answer that refuses a request, as gRPC carries it. */
export class Refusal extends Error {
  readonly code: status
  readonly details: string

  constructor(code: status, details: string) {
    super(details)
    this.code = code
    this.details = details
  }
}

/** Refuses what this server does not do. It never ignores a part of a request, because the figures would then be those of another request. */
export const notHere = (what: string): Refusal =>
  new Refusal(status.UNIMPLEMENTED, `The light Firestore of the bench has no ${what}.`)
