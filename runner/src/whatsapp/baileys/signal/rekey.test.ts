import { StateImage } from '@holdfast/core/journal/state-image'
import { expect, test } from 'vitest'
import { rekeyedState } from './rekey.ts'

test('what was cached of others is asked for anew: it may have been revoked in what was lost', () => {
  const image = new StateImage()
  image.apply({
    keys: {
      'device-cache': { ana: '{}' },
      'app-state-sync-version': { regular: '{}' },
      'lid-mapping': { ana: '"lid"' },
    },
  })
  const restored = new StateImage()
  restored.apply(rekeyedState(image, 3, 0))
  expect(restored.counts()).toMatchObject({
    'device-cache': 0,
    'app-state-sync-version': 0,
    'app-state-pending': 5,
    'lid-mapping': 1,
  })
})
