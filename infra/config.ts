/** What the programs of this folder take from their environment. */
export const processEnvironment = process.env

/** An access token that somebody else has got, e.g. a pipeline. Without it, gcloud is asked. */
export const givenToken = (): string | undefined => process.env['GOOGLE_OAUTH_ACCESS_TOKEN'] || undefined
