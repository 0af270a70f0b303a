// A person or a device has a phone number, and mostly a LID.
import type { AddressingMode } from './addressing-mode.ts'

/** The names of a person or of one device. */
export type Names = { pn: string; lid: string | undefined }

/** Without a LID the name is the number in either mode. */
export const nameIn = ({ pn, lid }: Names, mode: AddressingMode): string => (mode === 'lid' && lid !== undefined ? lid : pn)

/** An attribute that is missing for people without a LID. */
export const lidAttr = <Name extends string>(name: Name, { lid }: Names): { [key in Name]?: string } =>
  (lid === undefined ? {} : { [name]: lid }) as { [key in Name]?: string }
