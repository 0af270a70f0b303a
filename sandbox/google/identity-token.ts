/** Returns an identity token as Google makes it for a service account, without a signature. */
export function identityToken(email: string, audience: string): string {
  const seconds = Math.floor(Date.now() / 1000)
  const claims = {
    iss: 'https://accounts.google.com',
    aud: audience,
    email,
    email_verified: true,
    sub: email,
    iat: seconds,
    exp: seconds + 3600,
  }
  return `${encode({ alg: 'none', typ: 'JWT' })}.${encode(claims)}.`
}

/** Returns the audience and the e-mail of the token in an `Authorization` header, or null when there is none. */
export function readIdentityToken(header: string | undefined): { aud: unknown; email: unknown } | null {
  const [, claims] = /^Bearer [\w-]+\.([\w-]+)\.[\w-]*$/i.exec(header ?? '') ?? []
  if (claims === undefined) return null
  try {
    return JSON.parse(Buffer.from(claims, 'base64url').toString()) as { aud: unknown; email: unknown }
  } catch {
    return null
  }
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
