/** The strikes at a fleet of runners. `--strikes` selects some of them. */
export const FLEET_STRIKES = [
  'kill',
  'zombie',
  'skew',
  'half-open-whatsapp',
  'half-open-firestore',
  'without-whatsapp',
  'without-firestore',
  'without-both',
  'scale-up',
  'scale-down',
  'rolling',
  'deaf',
  'functions',
] as const

export type FleetStrikeKind = (typeof FLEET_STRIKES)[number]
