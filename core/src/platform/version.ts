import { z } from 'zod'
import { says } from './settings.ts'

/** The version of this release, as in the manifests of the packages. */
export const VERSION = '0.1.0'

/** What tells builds of one version apart. Shared by runner and functions. */
export const releaseSettings = {
  HOLDFAST_RELEASE: says(
    'The hash of what was deployed, as `npm run infra` sets it. It is part of the version that runner and functions show.',
    z.string().max(64, 'must have at most 64 characters').optional(),
    { without: 'the version alone' },
  ),
}

/** Returns the version with the hash of the build, if it is known: `0.1.0+f00dfeed`. */
export const versionWith = (release: string | undefined): string => (release === undefined ? VERSION : `${VERSION}+${release}`)
