import { z } from 'zod'
import { says } from './settings.ts'

const range = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], 'must be addresses or ranges, like 10.0.0.5,10.1.0.0/16')

/** Of each process that calls hosts outside. */
export const insideSettings = {
  ALLOW_INSIDE_ADDRESSES: says(
    'Addresses and ranges inside (of this host, of its network) that outgoing requests may go to all the same, with commas between them.',
    z
      .string()
      .transform((text) => text.split(',').map((part) => part.trim()))
      .pipe(z.array(range).min(1))
      .optional(),
    { example: '10.0.0.5,10.1.0.0/16', without: 'none' },
  ),
}
