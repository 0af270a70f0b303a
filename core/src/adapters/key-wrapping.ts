import type { KeyWrapping } from '../security/key-wrapping.ts'
import { WrappingKeys } from '../security/wrapping-keys.ts'
import type { WrappingConfig } from '../security/wrapping-settings.ts'

/** Opens what wraps the data keys of this process. */
export const openKeyWrapping = ({ keys }: WrappingConfig): KeyWrapping => new WrappingKeys(keys)
