/** An error answer, in the shape of the JSON API: `{ error: { code, message, errors: [{ reason }] } }`. */
export class ApiError extends Error {
  readonly status: number
  readonly reason: string

  constructor(status: number, reason: string, message: string) {
    super(message)
    this.status = status
    this.reason = reason
  }
}

export const notFound = (message: string) => new ApiError(404, 'notFound', message)

export const invalid = (message: string) => new ApiError(400, 'invalid', message)

/** Refuses a feature of the real service that this stand-in lacks, instead of ignoring it. */
export const notImplemented = (what: string) =>
  new ApiError(501, 'notImplemented', `The sandbox's Cloud Storage does not implement ${what}.`)
