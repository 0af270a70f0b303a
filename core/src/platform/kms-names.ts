/** The full name of a symmetric key of Cloud KMS. */
export const KMS_KEY_NAME = /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/

export const KMS_KEY_FORM = 'must be the full name of a key: projects/P/locations/L/keyRings/R/cryptoKeys/K, without a version'

/** The key of a version. Null for what names no version of Cloud KMS. */
export function keyOfVersion(version: string): string | null {
  const [, key = null] = /^(.*)\/cryptoKeyVersions\/\d+$/.exec(version) ?? []
  return key !== null && KMS_KEY_NAME.test(key) ? key : null
}

/** Cloud KMS as what wraps data keys. */
export interface KmsConfig {
  readonly projectId: string
  /** The full name of a symmetric key. */
  readonly key: string
  /** `host:port` of a stand-in; null for the service. */
  readonly emulator: string | null
}
