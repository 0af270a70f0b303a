/** The colours of WhatsApp's own clients, by its number of them. */
const COLORS =
  '#ff9485 #64c4ff #ffd429 #dfaef0 #99b6c1 #55ccb3 #ff9dff #d3a91d #6d7cce #d7e752 ' +
  '#00d0e2 #ffc5c7 #93ceac #f74848 #00a0f2 #83e422 #ffaf04 #b5ebff #9ba6ff #9368cf'

export const LABEL_COLORS: readonly string[] = COLORS.split(' ')

/** A label in WAHA's words. Its colour is empty when WhatsApp's clients have none with this number. */
export const labelAnswer = ({ id, name, color }: { readonly id: string; readonly name: string; readonly color: number }) => ({
  id,
  name,
  color,
  colorHex: LABEL_COLORS[color] ?? '',
})
