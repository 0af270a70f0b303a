/** The scope of the alert about the wrapping key of the installation. That of a tenant's own key has the tenant after it. */
export const WRAPPING_KEY_SCOPE = 'wrapping-key'

export const isOfWrappingKey = (scope: string): boolean =>
  scope === WRAPPING_KEY_SCOPE || scope.startsWith(`${WRAPPING_KEY_SCOPE}.`)
