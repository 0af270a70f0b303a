/** Whether people are called by phone number or by LID. */
export type AddressingMode = 'pn' | 'lid'
