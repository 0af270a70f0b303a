/** An answer that is not a success, in the shape of the JSON API: `{ error: { code, message, errors: [{ reason }] } }`. */
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

/** What the real service can do and this one cannot is refused, so that nobody takes silence for an answer. */
export const notImplemented = (what: string) =>
  new ApiError(501, 'notImplemented', `The sandbox's Cloud Storage does not implement ${what}.`)
