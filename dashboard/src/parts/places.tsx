import type { JSX } from 'preact'
import { leavePush } from '../api/push.ts'
import { isOperator, mayChange, signOut } from '../api/sign-in.ts'
import { t } from '../language/language.ts'
import { to } from '../platform/route.ts'
import { Act } from './act.tsx'
import { Icon, type IconName } from './icon.tsx'

export interface Place {
  readonly name: Exclude<IconName, 'more' | 'warning' | 'check' | 'out' | 'back'>
  /** Whether a phone has it in the bar below. The others are behind `More`. */
  readonly isNear: boolean
  readonly isFor: () => boolean
}

const anybody = (): boolean => true

export const PLACES: readonly Place[] = [
  { name: 'overview', isNear: true, isFor: anybody },
  { name: 'sessions', isNear: true, isFor: anybody },
  { name: 'queue', isNear: true, isFor: anybody },
  { name: 'alerts', isNear: true, isFor: anybody },
  { name: 'recoveries', isNear: false, isFor: anybody },
  { name: 'webhooks', isNear: false, isFor: anybody },
  { name: 'runners', isNear: false, isFor: isOperator },
  { name: 'settings', isNear: false, isFor: mayChange },
]

export const PlaceLink = ({ place, isHere }: { place: Place; isHere: boolean }): JSX.Element => (
  <a href={to(place.name === 'overview' ? [] : [place.name])} {...(isHere ? { 'aria-current': 'page' as const } : {})}>
    <Icon name={place.name} />
    {t(`place.${place.name}`)}
  </a>
)

export const SignOut = (): JSX.Element => (
  <Act
    run={async () => {
      await leavePush()
      await signOut()
      return null
    }}
  >
    <Icon name="out" /> {t('signOut')}
  </Act>
)
