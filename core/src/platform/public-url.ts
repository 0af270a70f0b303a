import { z } from 'zod'
import { says } from './settings.ts'

/** The variable with the address under which callers reach the API. Runners need it for what webhooks name. */
export const publicUrlSettings = {
  PUBLIC_URL: says(
    'The address at which callers reach the API. The addresses of media in answers and webhooks begin with it: runner and API need the same. ' +
      'A deployment sets it by itself; see `docs/DEPLOY.md`, "Two addresses of the API".',
    z.url({ protocol: /^https?$/, error: 'must be an address that begins with https://' }).optional(),
    { example: 'https://api.example.com', without: 'addresses of media are paths that begin with `/api/files/`' },
  ),
}

/** Without a slash at its end; empty when it is not known. */
export const publicUrlOf = ({ PUBLIC_URL: url = '' }: { readonly PUBLIC_URL?: string | undefined }): string =>
  url.replace(/\/+$/, '')
